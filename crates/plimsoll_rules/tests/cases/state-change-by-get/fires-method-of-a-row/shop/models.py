from django.db import models


class Invoice(models.Model):
    posted = models.BooleanField(default=False)

    def unpost(self):
        self.posted = False
        self.save()
