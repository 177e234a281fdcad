#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""What the clients in the machine work on: prepare.py FOLDER.

Copies the demo's model, labels and picture there, and writes FOLDER/models: one line per model of ../shared, KIND NAME
ARGUMENTS, with lite-client's arguments for its inputs and golden outputs as the guest sees them. Without ../shared the list is
empty.
"""
import json
import pathlib
import shutil
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
SHARED = (TOP / "../shared").resolve()
NETWORK = "mobilenet_v1_1.0_224_quant"      # bit for bit the same in all kernels of TensorFlow Lite; models/README.md


def in_guest(path):
    return f"/shared/{path.relative_to(SHARED)}"


def arguments(model, folder):
    about = json.loads((folder / "golden.json").read_text())
    yield f"-m {in_guest(model)}"
    for i in about["inputs"]:
        file = folder / i["file"]
        yield f"-i {in_guest(file) if file.exists() else i['source']}"
    for o in about["outputs"]:
        yield f"-w {in_guest(folder / o['file'])}"


def lines():
    models = SHARED / "models"
    for kind in ("layers", "edge"):
        for model in sorted((models / kind).glob("*.tflite")):
            yield f"{kind} {model.stem} {' '.join(arguments(model, models / 'golden' / kind / model.stem))}"
    for folder in sorted((models / "golden" / NETWORK).glob("*")):
        yield f"network {folder.name} {' '.join(arguments(models / f'{NETWORK}.tflite', folder))}"


out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
for what in ("model", "labels", "image"):
    path = subprocess.run([TOP / "tests/setup/demo-data.sh", what], check=True, capture_output=True, text=True).stdout.strip()
    shutil.copyfile(path, out / what)
(out / "models").write_text("".join(f"{line}\n" for line in lines()))
