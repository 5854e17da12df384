# makes a job
cat > /etc/cron.daily/shop <<'X'
#!/bin/sh
true
X
