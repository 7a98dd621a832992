"""The guide at the head of docs/api.md; a test runs each of its calls as it stands there."""

from __future__ import annotations

HEAD = """\
# 接口 `/api/v1` · programming interface

本页由 `python -m console.api.document` 根据接口自身的说明生成，不手工修改。
This page is generated from the interface's own description; do not edit it by hand.

## 快速上手 · getting started

### 1. 取得密钥 · get a key

登录后在“我的账号—接口密钥”新建，选定范围和有效期，再次输入密码。密钥只显示一次，存入只有程序可读的文件，不写进脚本。
Sign in, open “我的账号—接口密钥”, choose scopes and the last day. The key is shown once; keep it in a file of its own.

密钥代表本人：能看到的行、能办的事与本人在页面上相同，并且不超出密钥的范围；账号停用、重新授权、重置密码时密钥随即失效。
三员账号没有密钥。签发文书、决定是否移送须由本人在页面上办理，密钥不能办理（403 `person-needed`）。
A key speaks for its owner, within its scopes. Signing and deciding on a referral are never done with a key.

```sh
HOST=http://127.0.0.1:8460
KEY=$(cat ~/.ducha-key)
```

### 2. 第一次调用 · first call

```sh
curl -H "Authorization: Bearer $KEY" "$HOST/api/v1/me"
```

答复写明是谁、有哪些权限和范围。完整说明（OpenAPI 3.1）须带密钥读取：
The answer tells who calls and what the key is for. The full description needs a key too:

```sh
curl -H "Authorization: Bearer $KEY" "$HOST/api/v1/openapi.json"
```

### 3. 列表和翻页 · lists and paging

次序固定，翻页不重不漏。`limit` 为每页行数（1至100；台账、文书、未送达、单位收文每页50）。答复的 `next` 放入下一次的
`after`；也可直接读取 `Link` 头中 `rel="next"` 的地址。最后一页的 `next` 为 null，没有 `Link`。
The order is fixed. Put `next` into `after`, or follow the `Link` header, until `next` is null.

```sh
curl -i -H "Authorization: Bearer $KEY" "$HOST/api/v1/findings?limit=2"
```

```sh
curl -H "Authorization: Bearer $KEY" "$HOST/api/v1/findings?limit=2&after=4"
```

### 4. 版本 · versions

读取的答复带 `ETag`。再读时带 `If-None-Match`，没有变动的为 304，没有内容。办理时带 `If-Match`，读取之后已变动的为 412
（`changed`），什么也没有办理；重新读取、核对后再办。凡是他人也能改动的，办理时都应带上。
Reading answers with an `ETag`. Send it as `If-None-Match` to get 304, and as `If-Match` so that nothing is done on what
has changed since (412).

```sh
curl -H "Authorization: Bearer $KEY" -H 'If-None-Match: "0123"' "$HOST/api/v1/cases/2026-ZH-01-D001-04"
```

### 5. 办理 · acts

写操作必须带 `Idempotency-Key`（8至200个可见字符，每次办理一个，重试同一次用同一个）。
同一编号、同一内容再次发送，得到与第一次相同的答复，不重复办理，
答复带 `Idempotency-Replayed: true`；同一编号用于不同内容，422（`key-reused`）。
被拒绝的办理没有改变任何内容，可用同一编号重试。答复保存7天。新建的答复为 201，`Location` 是其地址。
Every act carries an `Idempotency-Key` of its own. Sent again it is answered as before and done once; answers are
kept for 7 days. A refused act changed nothing and may be tried again with the same key.

```sh
curl -H "Authorization: Bearer $KEY" -H "Idempotency-Key: close-2026-ZH-01-D001-04" \\
     -H "Content-Type: application/json" -d '{"act": "close", "note": "核查通过"}' \\
     "$HOST/api/v1/cases/2026-ZH-01-D001-04/acts"
```

可附文件的操作也接受 `multipart/form-data`：`data` 一项为 JSON，`files` 为文件，可有多个。
文件按内容核对，与页面上传相同。
Where files belong, send a form: `data` is the JSON, `files` the files. They are checked as on the pages.

```sh
curl -H "Authorization: Bearer $KEY" -H "Idempotency-Key: import-units-2026-06" \\
     -F 'data={}' -F "files=@units.csv" "$HOST/api/v1/imports/units/preview"
```

先核对、后写入的（导入、机构变动、规则迁移、工作日历）：先取得预览，
再把预览给出的 `held`、`seen` 或 `pin` 放进办理的请求。
What is looked at first is done with the word that its preview gave: `held`, `seen` or `pin`.

### 6. 错误 · errors

`application/problem+json`（RFC 9457）：`type` 为种类（见下表），`detail` 发生了什么，`found` 实际的值，
`expected` 应有的值，`remedy` 下一步，`faults` 逐项说明。程序按 `type` 判断，把 `detail` 和 `remedy` 给人看。
看不到的行与不存在的行答复相同（404）。
Decide by `type`, show `detail` and `remedy` to people. A row out of sight is answered like one that was never there.

```sh
curl -H "Authorization: Bearer $KEY" "$HOST/api/v1/cases/2026-ZH-99-D001-01"
```

### 7. 限度 · limits

| 项 | 限度 |
|---|---|
| 每个账号每分钟的调用 calls a minute | `DUCHA_API_PER_MINUTE`，默认600；超过的 429，`Retry-After` 为等候秒数 |
| 同一地址使用无效密钥 wrong keys | 10分钟内20次，之后 429 |
| JSON | 1 MB（413） |
| 一次附带的文件 files | 各操作所列个数，至多10个；总大小与页面上传相同 |
| 密钥的有效期和数量 keys | 至多366天，每个账号20个 |
| 不认识的项 unknown names | 一律拒绝（422） |

日期为 `YYYY-MM-DD`，时间为 UTC。页面脚本使用登录会话，写操作另带 `X-CSRF-Token`。
Dates are `YYYY-MM-DD`, instants UTC. Scripts of pages use the session, and `X-CSRF-Token` to write.
"""
