# 只需要 Python 3.11–3.13：make demo、make test 会自己准备 .venv。
# Needs nothing but Python 3.11-3.13: every target prepares .venv first and does so once.

VENV    := .venv
BIN     := $(VENV)/bin
STAMP   := $(VENV)/.installed
WORKERS ?= 2
DEMO    := out/demo
PEERS   := build/peers
PORT    ?= 8460
m       ?=

export DO_NOT_TRACK := 1
export PREFECT_SERVER_ANALYTICS_ENABLED := false

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo serve test check lock rules golden migration bench peers proof mutants simulate prefect bundle

help: ## 列出这些命令 | list these targets
	@echo '用法 usage: make <目标 target>'
	@awk -F ' *## *| *[|] *' '/^[a-z]+:.*## / { split($$1, t, ":"); printf "  %-10s %s\n             %s\n", t[1], $$2, $$3 }' $(firstword $(MAKEFILE_LIST))

demo: $(STAMP) ## 从头到尾演示一年督察，结果在 out/demo/ | run a whole inspection year on a simulated clock
	$(BIN)/ducha demo --out $(DEMO) $(DEMO_ARGS)

serve: $(STAMP) ## 打开控制台和单机定时器，用演示数据（PORT=8460） | console and single-box clock on the demo's data
	@test -e $(DEMO)/summary.json || $(MAKE) demo
	@echo '登录名和密码 logins and passwords: $(DEMO)/账号.txt'
	DUCHA_DATABASE_URL=$${DUCHA_DATABASE_URL:-sqlite:///$(DEMO)/ducha.db} DUCHA_FILES=$${DUCHA_FILES:-$(DEMO)/files} \
	  $(BIN)/ducha serve --port $(PORT)

test: $(STAMP) ## 运行全部测试（PYTEST_ARGS="-k 灯"） | run the whole test suite
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(PYTEST_ARGS)

check: $(STAMP) ## 格式、类型、依赖方向、规则、用词 | format, types, import directions, rules, words
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/ducha rules check
	$(BIN)/python -m pytest -q tests/architecture/test_words.py

rules: $(STAMP) ## 检查规则文件并重新生成编辑器用的 schema | check the rule files and regenerate their schemas
	$(BIN)/ducha rules check
	$(BIN)/ducha rules schema

golden: $(STAMP) ## 有意改动规则后，重写 tests/rules/golden 的编译副本 | rewrite the compiled copies of the rules
	$(BIN)/python -m tests.rules.golden

# Compared with an empty database that is brought up to date first; the user's own is not touched.
migration: SCRATCH := DUCHA_DATABASE_URL=sqlite:///build/migration.db
migration: $(STAMP) ## 新建数据库迁移：make migration m="说明" | write a new database migration
	@test -n "$(m)" || { echo 'error: 没有说明 no message; 用法 usage: make migration m="add a column"' >&2; exit 2; }
	@mkdir -p build && rm -f build/migration.db*
	$(SCRATCH) $(BIN)/alembic upgrade head
	$(SCRATCH) $(BIN)/alembic revision --autogenerate -m "$(m)" \
	  --rev-id "$$(printf '%04d' $$(($$(ls migrations/versions/[0-9]*.py 2>/dev/null | wc -l) + 1)))"

simulate: $(STAMP) ## 模拟三年、300个单位、每年20个批次，核对全部不变量 | three random years, every invariant checked
	$(BIN)/ducha simulate $(SIMULATE_ARGS)

bench: $(PEERS)/.installed ## 性能测量，写入 docs/benchmarks.md（BENCH_ARGS=b1） | run the benchmarks, write the page
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

# What ducha is measured against never enters its own environment; see benchmarks/peers.in.
peers: $(PEERS)/.installed ## 准备对照软件的环境 build/peers | set up the environment of the peers

$(PEERS)/.installed: benchmarks/peers.lock $(STAMP)
	@set -eu; $(FIND_PYTHON); $(FIND_MIRROR); \
	  $(BIN)/uv venv --quiet --clear --python $(BIN)/python $(PEERS); export VIRTUAL_ENV="$(CURDIR)/$(PEERS)"; \
	  sed -n '/^setuptools==/,/[^\\]$$/p' benchmarks/peers.lock > $(PEERS)/setuptools.txt; \
	  $(BIN)/uv pip install --quiet --require-hashes -r $(PEERS)/setuptools.txt; \
	  $(BIN)/uv pip sync --quiet --require-hashes --no-build-isolation benchmarks/peers.lock
	@date > $@

bundle: $(STAMP) ## 离线安装包：x86-64 和 ARM64 的软件包、清单、校验值 | wheels, lock, bill of materials, sums; no network needed
	$(BIN)/python deploy/bundle.py $(BUNDLE_ARGS)

proof: $(STAMP) ## 杀进程、断电、第 N 次故障、真实服务器：数字写入 docs/proof.md（约一小时） | kills, power cuts, faults, servers
	$(BIN)/python -m tests.proof $(PROOF_ARGS)

mutants: $(STAMP) ## 变异测试：日历、预警、发件、文号、权限（MUTANTS_ARGS="ladder"） | mutation testing, at least 85 % caught
	$(BIN)/python -m tests.mutation $(MUTANTS_ARGS)

# The settings are read inside the recipes: as variables of make they would reach the installation too, which needs
# the network that they close.
WITH_PREFECT_ENV := set -a && . deploy/prefect.env && set +a &&
prefect: export PREFECT_API_URL ?= http://127.0.0.1:4200/api
prefect: $(STAMP) ## 部署到 Prefect：建工作池、登记流程、启动 worker | create the work pool, deploy, start a worker
	@$(BIN)/python -c 'import os, urllib.request as r; r.urlopen(os.environ["PREFECT_API_URL"] + "/health", timeout=5)' 2>/dev/null || { \
	  echo "error: 连不上 Prefect 服务 no Prefect server at $$PREFECT_API_URL" >&2; \
	  echo "请在另一个窗口运行 start one in another window: ($(WITH_PREFECT_ENV) exec $(BIN)/prefect server start)" >&2; exit 3; }
	@$(WITH_PREFECT_ENV) { $(BIN)/prefect work-pool inspect ducha >/dev/null 2>&1 || $(BIN)/prefect work-pool create ducha --type process; }
	$(WITH_PREFECT_ENV) $(BIN)/prefect --no-prompt deploy --all
	$(WITH_PREFECT_ENV) exec $(BIN)/prefect worker start --pool ducha

# The lock holds for every supported Python and platform (--universal from 3.11 up), with hashes and without
# the address of any package index; see docs/decisions/0006.
lock: $(STAMP) ## 按 pyproject.toml 重新锁定依赖版本 | resolve and lock the dependencies again
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --all-extras \
	  --group test --group proof --group check --group build --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" benchmarks/peers.in -o benchmarks/peers.lock

# ---- 准备环境 set-up ---------------------------------------------------------------------------------------
# 1. a Python in range, else a clear error; 2. a virtual environment, also where Debian split off ensurepip
# (one that is there and fits is kept);
# 3. uv at its locked version and hash; 4. everything in the lock, by uv, or by pip where uv cannot (no wheel for
# the machine, or an index that only pip is configured for); 5. this checkout, editable.
# The stamp is newer than both files, so a second run installs nothing.

define FIND_PYTHON
in_range='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))'; \
for python in $(PYTHON) python3 python3.13 python3.12 python3.11 python; do \
  "$$python" -c "$$in_range" >/dev/null 2>&1 && break; python=; \
done; \
test -n "$$python" || { \
  echo "error: 没有找到 Python 3.11–3.13（python3 是 $$(python3 --version 2>&1 | head -n 1)）" >&2; \
  echo "error: no Python 3.11-3.13 found; install one (Debian/Ubuntu: apt-get install python3 python3-venv)" >&2; \
  echo "       or name it: make PYTHON=/path/to/python3.12 ..." >&2; exit 3; }
endef

define MAKE_VENV
if test -x $(BIN)/python && $(BIN)/python -c "$$in_range" && test -x $(BIN)/uv; then \
  pip="$(BIN)/uv pip"; \
elif "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
  "$$python" -m venv --clear $(VENV); pip="$(BIN)/python -m pip"; \
elif "$$python" -c 'import pip, venv' 2>/dev/null; then \
  "$$python" -m venv --clear --without-pip $(VENV); pip="$$python -m pip --python $(BIN)/python"; \
else \
  echo "error: $$python 缺少 venv 或 ensurepip，无法建立虚拟环境" >&2; \
  echo "error: $$python lacks venv or ensurepip; Debian/Ubuntu: apt-get install python3-venv" >&2; exit 3; \
fi
endef

# uv does not read pip's configuration: an office's mirror is handed over.
define FIND_MIRROR
mirror="$${PIP_INDEX_URL:-$$("$$python" -m pip config get global.index-url 2>/dev/null || true)}"; \
test -z "$$mirror" || export UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$$mirror}"; \
test -z "$${PIP_CERT:-}" || export SSL_CERT_FILE="$${SSL_CERT_FILE:-$$PIP_CERT}"
endef

define INSTALL
$(FIND_MIRROR); \
sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.txt; \
export VIRTUAL_ENV="$(CURDIR)/$(VENV)"; \
if $$pip install --require-hashes -r $(VENV)/uv.txt && $(BIN)/uv pip sync --require-hashes requirements.lock; then \
  $(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e .; \
else \
  echo "uv 未能完成，改用 pip | uv could not; trying pip"; \
  $$pip install --require-hashes --no-deps -r requirements.lock; \
  $$pip install --quiet --no-deps --no-build-isolation -e .; \
fi
endef

$(STAMP): requirements.lock pyproject.toml
	@set -eu; $(FIND_PYTHON); \
	  echo "准备环境 setting up $(VENV): $$($$python --version)"; \
	  $(MAKE_VENV); \
	  $(INSTALL); \
	  date > $@
