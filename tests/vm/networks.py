#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""What the networks of ../shared and the models of tests/data/ops say on the host: networks.py TOOLS FOLDER.

TOOLS holds this machine's rocket-run and rocket-cc. For each golden input of each network FOLDER/NETWORK/INPUT gets the
inputs in*.bin, the outputs out*.bin that the model of the NPU computes, and said.json, what rocket-run says about it; so does
FOLDER/ops/MODEL for each model of tests/data/ops that is on the NPU. FOLDER/list has a line for each: NETWORK/INPUT or
ops/MODEL, model as the guest sees it, inputs, outputs, tasks of the program, operators on the NPU, operators. Without
../shared there are no networks in the list.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
MODELS = pathlib.Path(os.environ.get("ROCKET_SHARED", TOP / "../shared")).resolve() / "models"
TASKS = re.compile(r"^program .*: (\d+) tasks?,", re.MULTILINE)
PACKED = re.compile(r"^step \d+ pack feature (\d+)", re.MULTILINE)
UNPACKED = re.compile(r"^step \d+ unpack feature (\d+)", re.MULTILINE)
EXTENT = r"^feature .*: tensor %d, (\d+)x(\d+)x(\d+) "


def run(*words):
    return subprocess.run([str(w) for w in words], check=True, capture_output=True, text=True).stdout


def lcg(seed, count):
    """The generator of models/README.md."""
    for _ in range(count):
        seed = (seed * 1103515245 + 12345) & 0x7fffffff
        yield seed >> 16 & 255


def make_input(about, golden, program, to):
    if (golden / about["file"]).exists():
        shutil.copyfile(golden / about["file"], to)
        return
    height, width, channels = map(int, re.search(EXTENT % about["tensor"], program, re.MULTILINE).groups())
    to.write_bytes(bytes(lcg(int(about["source"].removeprefix("lcg:")), height * width * channels)))


def line(tools, model, in_guest, about, golden, out):
    """The line of the list; the files are written to @out."""
    program = run(tools / "rocket-cc", model, "-p")
    out.mkdir(parents=True)
    files = []
    for number, entry in enumerate(about["inputs"]):
        make_input(entry, golden, program, out / f"in{number}.bin")
        files += "--input", out / f"in{number}.bin"
    for number, _ in enumerate(about["outputs"]):
        files += "--output", out / f"out{number}.bin"
    said = run(tools / "rocket-run", model, "--device", "sim", "--json", *files)
    (out / "said.json").write_text(said)
    operators = json.loads(said)["operators"]
    name = f"{out.parent.name}/{out.name}"
    return " ".join(map(str, (name, in_guest, len(about["inputs"]), len(about["outputs"]), TASKS.search(program)[1],
                              sum(o["where"] == "npu" for o in operators), len(operators)))) + "\n"


def network(tools, golden, folder):
    about = json.loads((golden / "golden.json").read_text())
    return line(tools, MODELS / about["model"], f"/shared/models/{about['model']}", about, golden,
                folder / golden.parent.name / golden.name)


def single(tools, model, folder):
    """A model of one operator, if that is on the NPU; inputs as for its recorded output."""
    told = json.loads(run(tools / "rocket-cc", model, "--explain", "--json"))
    if any(o["where"] == "CPU" for o in told["operators"]):
        return ""
    program = run(tools / "rocket-cc", model, "-p")
    inputs = [int(t) for t in re.findall(PACKED, program)]
    outputs = re.findall(UNPACKED, program)
    tensors = [int(t) for t in re.findall(r"^feature \d+ .*: tensor (\d+),", program, re.MULTILINE)]
    about = {"inputs": [{"file": "none", "tensor": tensors[i], "source": f"lcg:{1 + n}"} for n, i in enumerate(inputs)],
             "outputs": outputs}
    return line(tools, model, f"/project/{model.relative_to(TOP)}", about, model.parent, folder / "ops" / model.stem)


tools, folder = map(pathlib.Path, sys.argv[1:])
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir(parents=True)
cases = [path.parent for model in sorted(MODELS.glob("*.tflite"))
         for path in sorted(MODELS.glob(f"golden/{model.stem}/*/golden.json"))]
singles = sorted((TOP / "tests/data/ops").glob("*.tflite"))
(folder / "list").write_text("".join([*(network(tools, golden, folder) for golden in cases),
                                      *(single(tools, model, folder) for model in singles)]))
