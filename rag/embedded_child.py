"""The embedded language model's own process: llama.cpp's server, on loopback, behind a key.

Started by `rag.embedded` as a script, so that it needs nothing of Pincite and a crash in native
code ends this process and no other. One line of JSON comes in (`model`, `name`, `key`, `threads`,
`context_tokens`), one goes out (`address`, or `error`). It ends when its standard input does,
which is when its parent ends, however that comes about.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any

import xllamacpp


def main() -> None:
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # Native code logs to standard output as well; that must not mix with the answer.
    os.dup2(2, 1)
    order = json.loads(sys.stdin.readline())
    orphaned = threading.Thread(target=_end_with_parent, daemon=True)
    orphaned.start()
    try:
        # The server lives as long as this name.
        server = _serve(order)
        reply = {"address": server.listening_address}
    except Exception as error:  # noqa: BLE001  # the parent puts any reason into its own error
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), file=out, flush=True)  # this is the protocol
    orphaned.join()


def _serve(order: dict[str, Any]) -> xllamacpp.Server:

    params = xllamacpp.CommonParams()
    params.model.path = order["model"]
    params.model_alias = {order["name"]}
    params.api_keys = [order["key"]]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    # The defaults let every web page in, as far as the key allows; no page has business here.
    params.cors_origins = "null"
    params.cors_credentials = False
    params.ui = False
    params.endpoint_slots = False
    params.offline = True
    params.n_ctx = order["context_tokens"]
    params.n_parallel = 1
    params.n_gpu_layers = 0
    params.fit_params = False
    params.cache_ram_mib = 0
    params.verbosity = 1
    for processor in (params.cpuparams, params.cpuparams_batch):
        processor.n_threads = order["threads"]
    return xllamacpp.Server(params)


def _end_with_parent() -> None:
    while sys.stdin.read(1):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
