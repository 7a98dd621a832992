#!/bin/sh
# 停止 worker 之前：暂停工作池，等正在运行的工作结束（每项不到一分钟），最多等两分钟。
# Before a worker is stopped: pause the pool, then wait for its running flow runs, two minutes at most.
#   drain.sh PID-OF-THE-WORKER
set -u
here=$(cd "$(dirname "$0")/.." && pwd)
worker=$1
# 服务端不在时暂停不了，也就没有新的工作会派来。A server that is away can be neither asked, nor send new work.
timeout 30 "$here/.venv/bin/prefect" work-pool pause ducha || echo "drain: the pool could not be paused" >&2
waited=0
while [ -n "$(cat "/proc/$worker/task/$worker/children" 2>/dev/null)" ] && [ "$waited" -lt 120 ]; do
  sleep 1
  waited=$((waited + 1))
done
echo "drain: waited $waited s"
