#!/bin/sh
# 每夜备份：一天一个文件，先写临时名再改名，旧的按天数删除，但总留最近七个。
# One file a day under a temporary name first; old ones go after so many days, and the last seven always stay.
#   backup.sh FOLDER DAYS
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
folder=$1
days=$2
name=ducha-$(date +%Y-%m-%d-%H%M).tar
umask 077
"$here/.venv/bin/ducha" backup "$folder/.$name.part"
mv "$folder/.$name.part" "$folder/$name"
find "$folder" -maxdepth 1 -name '.ducha-*.part' -mtime +1 -delete
ls -1t "$folder"/ducha-*.tar | tail -n +8 | while read -r old; do
  find "$old" -mtime "+$days" -delete
done
echo "backup: $folder/$name"
