#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A sequence with padding before it and an attention mask that excludes the padding, in recurrent language models.
#
# transformers 5.24.0, torch 2.15.0 (x86-64; its wheel brings CUDA along, so this finding needs 5 GB). Small models with random weights.
# Expected: the mask makes padding invisible, so the logits are those of the sequence alone. Batches of prompts need padding before them.
# Observed: true for Mamba, Mamba 2 and Falcon Mamba. RWKV, xLSTM and RecurrentGemma accept the same mask and read the padding as
#   words: their recurrence begins the sequence from the state after it. There is no message. Padding after the sequence is right in all six, since
#   nothing flows back.
# gatebench: a skipped step passes the state on (lib/include/gatebench/layer.h); tests/conformance/keras_layers.py masks steps before,
#   within and after the sequence; an import refuses a mask by name instead of leaving it out.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages torch==2.15.0 transformers==5.24.0 numpy==2.4.6
export HF_HUB_OFFLINE=1
see venv/bin/python - <<'E2'
import logging
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
import torch
import transformers

torch.manual_seed(1)
size = {"vocab_size": 50, "hidden_size": 32, "num_hidden_layers": 2}
models = {
    "Mamba": {"state_size": 8},
    "Mamba2": {"state_size": 8, "num_heads": 4, "head_dim": 16, "n_groups": 1, "chunk_size": 8},
    "FalconMamba": {"state_size": 8},
    "Rwkv": {"context_length": 64, "attention_hidden_size": 32},
    "xLSTM": {"num_heads": 2, "chunk_size": 8, "chunkwise_kernel": "chunkwise--native_autograd",
              "sequence_kernel": "native_sequence__native", "step_kernel": "native"},
    "RecurrentGemma": {"intermediate_size": 96, "num_attention_heads": 2, "lru_width": 32, "attention_window_size": 64,
                       "block_types": ["recurrent", "recurrent", "attention"]},
}
words, padding = torch.randint(1, 50, (1, 12)), torch.zeros(1, 5, dtype=torch.long)
read, skipped = torch.ones_like(words), torch.zeros_like(padding)
for name, more in models.items():
    config = getattr(transformers, name + "Config")(**size, **more, pad_token_id=0)
    model = getattr(transformers, name + "ForCausalLM")(config).eval()
    for parameter in model.parameters():
        if parameter.abs().max() < 1e-3:
            torch.nn.init.normal_(parameter, 0, 0.1)

    def logits(words, mask):
        with torch.no_grad():
            return model(words, attention_mask=mask, use_cache=False).logits[0]

    alone = logits(words, read)
    before = logits(torch.cat([padding, words], 1), torch.cat([skipped, read], 1))[5:]
    after = logits(torch.cat([words, padding], 1), torch.cat([read, skipped], 1))[:12]
    said = ["as alone" if (padded - alone).abs().max() < 1e-4 * alone.abs().max() else "changed" for padded in (before, after)]
    print(f"{name:14} padding before: {said[0]}; after: {said[1]}")
E2
compare <<'E2'
Mamba          padding before: as alone; after: as alone
Mamba2         padding before: as alone; after: as alone
FalconMamba    padding before: as alone; after: as alone
Rwkv           padding before: changed; after: as alone
xLSTM          padding before: changed; after: as alone
RecurrentGemma padding before: changed; after: as alone
E2
