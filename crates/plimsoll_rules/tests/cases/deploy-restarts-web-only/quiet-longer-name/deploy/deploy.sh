set -e
git pull
pip install -r requirements.txt
python manage.py migrate
systemctl restart shop-web shop-celery-worker
