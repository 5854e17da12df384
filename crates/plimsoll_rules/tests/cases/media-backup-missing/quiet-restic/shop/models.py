from django.db import models
class Photo(models.Model):
    file = models.FileField()
