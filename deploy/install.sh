#!/bin/sh
# 离线安装：核对校验值，解开程序，建虚拟环境，只用本文件夹里的软件包。
# Installs without a network: checks the sums, unpacks the program, makes .venv from the wheels in this folder only.
#   ./install.sh /opt/ducha [python3.11]
# 升级时对同一文件夹再运行一次：程序换新，.venv 重建，数据（/var/lib/ducha）不动；之后运行 ducha init。
# An upgrade is the same command again: the program is replaced, .venv is made anew, data stay; then run ducha init.
set -eu
cd "$(dirname "$0")"
target=${1:?"用法 usage: ./install.sh /opt/ducha [python3.11]"}
python=${2:-python3}

sha256sum --quiet --check SHA256SUMS || { echo "error: 文件不完整，重新复制 the bundle is damaged; copy it again" >&2; exit 3; }

arch=$(uname -m)
version=$("$python" -c 'import sys; print("%d%d" % sys.version_info[:2])')
list=requirements-$arch-py$version.txt
[ -e "$list" ] || {
  echo "error: 没有适合本机的软件包 no wheels for $arch Python $version; there are:" requirements-*.txt >&2
  exit 3
}
"$python" -c 'import venv, ensurepip' 2>/dev/null || {
  echo "error: 缺少 venv，先安装 python3-venv install python3-venv first" >&2
  exit 3
}

source=$(ls ducha-*.tar.gz)
new=$target.new
rm -rf "$new"
mkdir -p "$new"
tar -xzf "$source" -C "$new" --strip-components=1
"$python" -m venv "$new/.venv"
export PIP_CONFIG_FILE=/dev/null PIP_DISABLE_PIP_VERSION_CHECK=1
"$new/.venv/bin/python" -m pip install --quiet --no-index --find-links wheels --require-hashes --no-deps -r "$list"

# 虚拟环境里的程序写着绝对路径，所以换到位之后再登记本程序。The scripts of .venv name an absolute path: put in place first.
rm -rf "$target.old"
[ ! -e "$target" ] || mv "$target" "$target.old"
mv "$new" "$target"
"$python" -m venv --upgrade "$target/.venv"
for script in "$target"/.venv/bin/*; do
  if [ -f "$script" ] && [ ! -L "$script" ]; then
    sed -i "1s|^#!$new/|#!$target/|; s|^\(export \)\{0,1\}VIRTUAL_ENV=.*|\1VIRTUAL_ENV=$target/.venv|" "$script"
  fi
done
"$target/.venv/bin/python" -m pip install --quiet --no-index --no-deps --no-build-isolation -e "$target"
"$target/.venv/bin/ducha" --help >/dev/null
echo "已安装 installed: $target/.venv/bin/ducha；旧版 the former one: $target.old"
