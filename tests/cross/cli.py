#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""The command lines as scripts see them: exit codes, JSON, files.

usage: cli.py TOOLS     TOOLS is the folder with rocket-cc, rocket-run and rocket-dis

Models come from $ROCKET_SHARED/models; without them only what needs no model is tested, and the rest is skipped.
"""
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TOOLS = pathlib.Path(sys.argv[1])
MODELS = pathlib.Path(os.environ.get("ROCKET_SHARED", "/nonexistent")) / "models"
HEN = 9			# line of the labels that says hen
SCORE_CODES = 2		# how far rounding may move a score of a whole network
DONE, FAILED, USAGE, REFUSED = range(4)
TIMEOUT_S = 300
QUICK = 8 if os.environ.get("QUICK") else 0	# sanitizers are slow: each eighth model

cases = []


def case(needs_models=False):
    def add(function):
        cases.append((function, needs_models))
        return function
    return add


def tool(name, *args, want=DONE):
    """Run a tool; it must end with the wanted code, and explain every other code than 0 on standard error."""
    p = subprocess.run([TOOLS / f"rocket-{name}", *map(str, args)], capture_output=True, text=True, timeout=TIMEOUT_S)
    line = f"rocket-{name} {' '.join(map(str, args))}: exit code {p.returncode}, wanted {want}; it said: {p.stderr[-600:]}"
    assert p.returncode == want, line
    assert want == DONE or p.stderr.strip(), f"{line}: no message"
    return p


def lcg(seed, sha256):
    """Bytes of the test data's generator (models/README.md), as many as the checksum is of."""
    out, so_far = bytearray(), hashlib.sha256()
    while so_far.hexdigest() != sha256:
        assert len(out) < 1 << 20, "no input of up to a megabyte has this checksum"
        seed = (seed * 1103515245 + 12345) % (1 << 31)
        out.append(seed >> 16 & 255)
        so_far.update(out[-1:])
    return bytes(out)


def golden_inputs(golden, folder):
    """Files with the inputs that golden outputs were made of, in the model's order."""
    paths = []
    for number, described in enumerate(json.loads((golden / "golden.json").read_text())["inputs"]):
        stored = golden / described["file"]
        paths.append(folder / f"in{number}.bin")
        paths[-1].write_bytes(stored.read_bytes() if stored.exists() else
                              lcg(int(described["source"].removeprefix("lcg:")), described["sha256"]))
    return paths


def edge(name, folder):
    """A small model with one input, a file with its golden input, and its golden output."""
    golden = MODELS / "golden/edge" / name
    path, = golden_inputs(golden, folder)
    return MODELS / "edge" / f"{name}.tflite", path, (golden / "out0.bin").read_bytes()


def furthest(a, b, signed=False):
    flip = 0x80 if signed else 0
    return max(abs((x ^ flip) - (y ^ flip)) for x, y in zip(a, b, strict=True))


def order_differs(a, b):
    """The first pair among the five best of @b that @a has the other way round, though @b has them apart."""
    best = sorted(range(len(b)), key=lambda i: (-b[i], i))
    for place, i in enumerate(best[:5]):
        for j in best[place + 1:]:
            if b[i] - b[j] > SCORE_CODES and a[i] <= a[j]:
                return i, j
    return None


@case()
def usage_errors_end_with_2(_):
    tool("run", want=USAGE)
    tool("run", "a.tflite", "b.tflite", want=USAGE)
    tool("run", "a.tflite", "--frobnicate", want=USAGE)
    tool("run", "a.tflite", "--top", "0", want=USAGE)
    tool("run", "a.tflite", "--top", "many", want=USAGE)
    tool("run", "a.tflite", "--input", want=USAGE)
    tool("cc", want=USAGE)
    tool("cc", "a.tflite", want=USAGE)
    tool("cc", "a.tflite", "-d", "xy", want=USAGE)
    tool("cc", "a.tflite", "-d", "z", want=USAGE)
    tool("cc", "a.tflite", "-j", want=USAGE)
    tool("cc", "a.tflite", "-r", "101", want=USAGE)
    tool("cc", "a.tflite", "-r", "most", want=USAGE)
    tool("dis", want=USAGE)


@case()
def help_and_version_go_to_standard_output(_):
    for name in "run", "cc", "dis", "info":
        assert "usage:" in tool(name, "--help").stdout
        assert tool(name, "--version").stdout.startswith(f"rocket-{name} ")


@case()
def info_shows_the_npu_or_says_what_to_check(_):
    if list(pathlib.Path("/dev/accel").glob("accel*")):
        assert "node:" in tool("info").stdout
    else:
        p = tool("info", want=FAILED)
        assert "none" in p.stdout and "modprobe rocket" in p.stderr and "--device sim" in p.stderr, p.stderr
    tool("info", "--frobnicate", want=USAGE)
    tool("info", "argument", want=USAGE)


@case()
def passes_are_listed_with_their_letters(_):
    lines = tool("cc", "--passes").stdout.splitlines()
    assert len(lines) >= 4 and all(line.split()[0].isalpha() and len(line.split()[0]) == 1 for line in lines), lines


@case()
def a_missing_file_is_named_and_ends_with_1(_):
    assert "/nonexistent/model.tflite" in tool("run", "/nonexistent/model.tflite", want=FAILED).stderr
    tool("cc", "/nonexistent/model.tflite", "-o", "/dev/null", want=FAILED)


@case()
def a_file_that_is_no_model_is_refused_with_3(folder):
    path = folder / "x"
    for content in b"", b"TFL3", b"\x08\x00\x00\x00TFL3", b"RIFF" + bytes(100), bytes(1000):
        path.write_bytes(content)
        tool("run", path, want=REFUSED)
        tool("cc", path, "-o", folder / "y", want=REFUSED)
        assert not (folder / "y").exists(), "a refused model left a file"


@case(needs_models=True)
def explain_names_the_place_of_each_operator(folder):
    model = MODELS / "mobilenet_v1_0.25_128_quant.tflite"
    told = json.loads(tool("cc", model, "--explain", "--json").stdout)
    places = {o["name"]: (o["where"], o["reason"]) for o in told["operators"]}
    assert places["CONV_2D"] == ("NPU", None) and places["RESHAPE"] == ("folded", None), places
    assert places["SOFTMAX"][0] == "CPU" and "reciprocal" in places["SOFTMAX"][1], places
    assert told["npu_percent_of_macs"] == 100 and told["jobs"] == 1 and told["cycles"] > 0, told
    assert sum(o["macs"] for o in told["operators"]) == 13570304, "13.57 million products"
    text = tool("cc", model, "--explain").stdout
    assert text.count("CONV_2D") == 28 and "100.0 % of the MACs" in text, text
    assert "SOFTMAX runs on the CPU in any form" in text, text
    assert all(line == line.rstrip() for line in text.splitlines()), "blanks at the end of a line"


@case(needs_models=True)
def each_operator_on_the_cpu_has_a_remedy_or_none_in_any_form(_):
    for model in sorted([*MODELS.glob("*.tflite"), *MODELS.glob("edge/*.tflite"), *MODELS.glob("layers/*.tflite")])[::QUICK or 1]:
        told = json.loads(tool("cc", model, "--explain", "--json").stdout)
        text = tool("cc", model, "--explain").stdout
        for o in told["operators"]:
            assert (o["where"] == "CPU") == (o["reason"] is not None), o
            assert not (o["remedy"] or "").startswith("as "), f"{model.stem}: {o}: a remedy that names another operator"
            wanted = f"would run on the NPU with: {o['remedy']}" if o["remedy"] else f"{o['name']} runs on the CPU in any form"
            assert o["where"] != "CPU" or wanted in text, f"{model.stem}: {o}"


@case(needs_models=True)
def the_page_of_the_compiler_shows_what_the_compiler_prints(_):
    page = (pathlib.Path(__file__).resolve().parents[2] / "Documentation/userspace/compiler.rst").read_text()
    letters = {line.split()[1]: line.split()[0] for line in tool("cc", "--passes").stdout.splitlines()}
    shown = 0
    for title, text in re.findall(r"^(\w+)\n=+\n(.*?)(?=^\w+\n=+\n|\Z)", page, re.MULTILINE | re.DOTALL):
        for block in re.findall(r"^::\n\n((?:   .*\n|\n)+)", text, re.MULTILINE):
            dump = tool("cc", MODELS / "edge/conv_u8_rgb_k3s2.tflite", "-d", letters[title]).stdout
            rest = iter(dump.splitlines())
            for line in block.strip("\n").splitlines():
                assert line.removeprefix("   ") in rest, f"{title}: the page has '{line}', but the compiler prints\n{dump}"
            shown += 1
    assert shown >= 5, f"only {shown} dumps found on the page"


@case(needs_models=True)
def require_npu_is_for_ci(folder):
    model = MODELS / "mobilenet_v1_0.25_128_quant.tflite"
    tool("cc", model, "--require-npu", "100")
    tool("cc", model, "-o", folder / "m.rkt")
    assert "model it was made of" in tool("cc", folder / "m.rkt", "-r", "50", want=FAILED).stderr


@case(needs_models=True)
def a_truncated_model_is_refused_with_3(folder):
    model, data, _ = edge("conv_u8_odd_c33_o2", folder)
    whole = model.read_bytes()
    for size in (8, 100, len(whole) // 2, len(whole) - 1):
        (folder / "cut.tflite").write_bytes(whole[:size])
        tool("run", folder / "cut.tflite", "--input", data, want=REFUSED)


@case(needs_models=True)
def inputs_that_do_not_fit_are_told(folder):
    model, data, _ = edge("conv_u8_odd_c33_o2", folder)
    (folder / "short").write_bytes(data.read_bytes()[:-1])
    assert str(data.stat().st_size) in tool("run", model, "--input", folder / "short", want=FAILED).stderr
    tool("run", model, "--input", "/nonexistent/in", want=FAILED)
    tool("run", model, want=USAGE)
    tool("run", model, "--input", data, "--input", data, want=USAGE)
    tool("run", model, "--input", data, "--output", folder / "a", "--output", folder / "b", want=USAGE)
    tool("run", model, "--input", data, "--device", "/nonexistent/accel0", want=FAILED)
    tool("run", model, "--image", MODELS / "images/hens.webp", want=FAILED)


@case(needs_models=True)
def every_small_model_gives_its_golden_output_within_a_code(folder):
    count = 0
    for golden in sorted((MODELS / "golden/edge").iterdir()):
        args = [MODELS / "edge" / f"{golden.name}.tflite"]
        for path in golden_inputs(golden, folder):
            args += ["--input", path]
        outputs = sorted(golden.glob("out*.bin"))
        for path in outputs:
            args += ["--output", folder / path.name]
        o = json.loads(tool("run", *args, "--json").stdout)
        for path, output in zip(outputs, o["outputs"], strict=True):
            distance = furthest((folder / path.name).read_bytes(), path.read_bytes(), output["type"] == "int8")
            assert distance <= 1, f"{golden.name} {path.name}: {distance}"
            count += 1
    print(f"# {count} outputs, computed on NPU and CPU as the compiler decides")


@case(needs_models=True)
def a_compiled_file_gives_the_same_bytes(folder):
    model, data, _ = edge("conv_u8_k5_valid", folder)
    tool("cc", model, "-o", folder / "m.rkt")
    tool("run", model, "--input", data, "--output", folder / "a")
    tool("run", folder / "m.rkt", "--input", data, "--output", folder / "b")
    assert (folder / "a").read_bytes() == (folder / "b").read_bytes()
    assert tool("dis", folder / "m.rkt").stdout
    tool("cc", folder / "m.rkt", "-d", "l", want=USAGE)
    tool("run", folder / "m.rkt", "--input", data, "--verify", want=USAGE)
    whole = (folder / "m.rkt").read_bytes()
    for size in (4, 64, len(whole) // 2, len(whole) - 1):
        (folder / "cut.rkt").write_bytes(whole[:size])
        tool("run", folder / "cut.rkt", "--input", data, want=REFUSED)
    for at in 12, 100, len(whole) // 2, len(whole) - 1:
        (folder / "spoilt.rkt").write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1:])
        assert "checksum" in tool("run", folder / "spoilt.rkt", "--input", data, want=REFUSED).stderr
        tool("dis", folder / "spoilt.rkt", want=REFUSED)


@case(needs_models=True)
def json_says_device_times_operators_and_outputs(_):
    model = MODELS / "mobilenet_v1_0.25_128_quant.tflite"
    o = json.loads(tool("run", model, "--image", MODELS / "images/hens.bmp", "--json", "--top", 3, "--device", "sim").stdout)
    assert o["device"] == "sim" and o["compile_ms"] > 0 and o["run_ms"] > 0
    assert [x["index"] for x in o["operators"]] == list(range(31)) and all(x["name"] for x in o["operators"])
    assert {x["where"] for x in o["operators"]} == {"npu", "cpu"}
    assert all(("reason" in x) == (x["where"] == "cpu") for x in o["operators"])
    output, = o["outputs"]
    scores = [x["score"] for x in output["top"]]
    assert len(scores) == 3 and scores == sorted(scores, reverse=True)
    assert output["bytes"] == 1001 and output["shape"] == [1, 1001] and output["type"] == "uint8"


@case(needs_models=True)
def json_has_every_name_whatever_its_bytes(folder):
    model, data, _ = edge("conv_u8_odd_c33_o2", folder)
    o = json.loads(tool("run", model, "--input", data, "--json").stdout)
    name = o["outputs"][0]["name"].encode()
    (folder / "latin1.tflite").write_bytes(model.read_bytes().replace(name, b"\xe9" * len(name)))
    (folder / "labels").write_bytes(b"f\xfcnf\n" * (o["outputs"][0]["bytes"]))
    o = json.loads(tool("run", folder / "latin1.tflite", "--input", data, "--labels", folder / "labels", "--json").stdout)
    assert o["outputs"][0]["name"] == "?" * len(name), o["outputs"]
    assert o["outputs"][0]["top"][0]["label"] == "f?nf", o["outputs"]


@case(needs_models=True)
def an_operator_that_nobody_computes_is_named_and_ends_with_3(folder):
    model, name = folder / "m.tflite", b"TFLite_Detection_PostProcess"
    whole = (MODELS / "ssdlite_mobiledet_coco_qat_postprocess.tflite").read_bytes()
    model.write_bytes(whole.replace(name, b"TFLite_Nobody_Has_Heard_Of_X"))
    assert "TFLite_Nobody_Has_Heard_Of_X" in tool("run", model, "--image", "x", want=REFUSED).stderr
    tool("cc", model, "-o", folder / "x", want=REFUSED)


@case(needs_models=True)
def verify_judges_every_npu_operator(folder):
    model, data, _ = edge("conv_u8_k5_valid", folder)
    o = json.loads(tool("run", model, "--input", data, "--json", "--verify").stdout)
    assert [v["index"] for v in o["verify"]] == [x["index"] for x in o["operators"] if x["where"] == "npu"]
    assert all(v["largest"] <= 1 and v["differ"] <= v["elements"] for v in o["verify"])


def networks():
    """Each whole network with each input that there are golden outputs of; with sanitizers the small ones."""
    for model in sorted(MODELS.glob("*.tflite")):
        if QUICK and model.stat().st_size > 1 << 20:
            continue
        for golden in sorted((MODELS / "golden" / model.stem).iterdir()):
            yield model, golden


@case(needs_models=True)
def verify_finds_every_operator_of_every_network_within_a_step(folder):
    for model, golden in networks():
        inputs = [word for path in golden_inputs(golden, folder) for word in ("--input", path)]
        o = json.loads(tool("run", model, *inputs, "--device", "sim", "--json", "--verify").stdout)
        npu = [x["index"] for x in o["operators"] if x["where"] == "npu"]
        off = [v for v in o["verify"] if v["differ"]]
        first = f"{off[0]['index']} {off[0]['name']}" if off else "none"
        share = sum(v["differ"] for v in off) / sum(v["elements"] for v in o["verify"])
        most, outputs = (max(x["largest"] for x in o[which]) for which in ("verify", "verify_outputs"))
        print(f"# {model.stem}/{golden.name}: {len(npu)} of {len(o['operators'])} operators on the NPU, {len(off)} of them "
              f"differ by at most {most}, first {first}, in {share:.2%} of the elements; outputs by {outputs:.4g}")
        assert sorted({v["index"] for v in o["verify"]}) == npu, f"{model.stem}: some operators are not judged"
        assert all(v["largest"] <= 1 and (v["first"]["got"] != v["first"]["want"]) for v in off)
        assert len(o["verify_outputs"]) == len(o["outputs"])


@case(needs_models=True)
def pictures_have_the_class_that_tensorflow_lite_gives_them(_):
    right = pictures = 0
    for model, golden in networks():
        scores = (golden / "out0.bin").read_bytes()
        for picture in (MODELS / "images").glob(f"{golden.name}.*") if len(scores) == 1001 else ():
            o = json.loads(tool("run", model, "--image", picture, "--device", "sim", "--json", "--verify", "--top", 1).stdout)
            best = o["outputs"][0]["top"][0]["index"]
            pictures += 1
            right += o["verify_outputs"][0]["same_best"]
            # The golden outputs of the JPEG are of its middle square; the others' are of the whole picture.
            same = picture.suffix == ".JPEG" or best == scores.index(max(scores))
            assert same, f"{model.stem} takes {picture.name} for {best}"
    print(f"# {right} of {pictures} pictures have the same best class on the NPU as in the reference")
    assert right == pictures > 0


@case(needs_models=True)
def each_pass_can_be_looked_at(folder):
    model, _, _ = edge("conv_u8_k5_valid", folder)
    for line in tool("cc", "--passes").stdout.splitlines():
        assert tool("cc", model, "-d", line.split()[0]).stdout.strip(), f"pass {line}: an empty dump"


@case(needs_models=True)
def the_picture_is_of_hens(folder):
    model, labels = MODELS / "mobilenet_v1_1.0_224_quant.tflite", MODELS / "labels_mobilenet_quant_v1_224.txt"
    for name in "hens.webp", "hens.bmp":
        o = json.loads(tool("run", model, "--image", MODELS / "images" / name, "--labels", labels, "--json", "--output",
                            folder / "out").stdout)
        best = o["outputs"][0]["top"][0]
        assert best["index"] == HEN and best["label"] == "hen" and best["score"] >= 0.95, best
        convolutions = [x["where"] for x in o["operators"] if "CONV" in x["name"]]
        assert convolutions == ["npu"] * 28
        golden = (MODELS / "golden/mobilenet_v1_1.0_224_quant/hens/out0.bin").read_bytes()
        assert furthest((folder / "out").read_bytes(), golden) <= SCORE_CODES
    text = tool("run", model, "--image", MODELS / "images/hens.webp", "--labels", labels).stdout
    assert "28 of 28 convolutions and the pooling ran on the NPU" in text, text


@case(needs_models=True)
def final_scores_are_the_golden_ones_within_two_codes(folder):
    model = MODELS / "mobilenet_v1_1.0_224_quant.tflite"
    for golden in sorted((MODELS / "golden" / model.stem).iterdir()):
        tool("run", model, "--input", MODELS / "images" / f"{golden.name}_224x224.rgb", "--output", folder / "out")
        got, want = (folder / "out").read_bytes(), (golden / "out0.bin").read_bytes()
        print(f"# {golden.name}: furthest {furthest(got, want)}, {sum(x != y for x, y in zip(got, want))} of {len(want)} differ")
        assert furthest(got, want) <= SCORE_CODES, golden.name
        assert order_differs(got, want) is None, f"{golden.name}: classes {order_differs(got, want)} swap places"


@case(needs_models=True)
def labels_of_another_model_are_noticed(folder):
    model = MODELS / "mobilenet_v1_1.0_224_quant.tflite"
    (folder / "labels").write_text("hen\ncock\n")
    said = tool("run", model, "--image", MODELS / "images/hens.webp", "--labels", folder / "labels", want=FAILED).stderr
    assert "2 labels" in said and "1001" in said, said


def main():
    failed = 0
    print(f"1..{len(cases)}")
    for number, (function, needs_models) in enumerate(cases, 1):
        name = "cli: " + function.__name__.replace("_", " ")
        if needs_models and not MODELS.is_dir():
            print(f"ok {number} - {name} # SKIP no test data: ROCKET_SHARED names no folder with models")
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                function(pathlib.Path(folder))
                print(f"ok {number} - {name}", flush=True)
            except (AssertionError, subprocess.TimeoutExpired, KeyError, ValueError) as e:
                failed += 1
                print(f"{type(e).__name__}: {e}")
                print(f"not ok {number} - {name}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
