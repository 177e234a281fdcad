#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""The delegate in LiteRT, on the model of the NPU: litert.py BUILD, a build directory with delegate and tools.

LiteRT comes from tests/setup/tflite.sh; this script goes on in its Python. Models come from ../shared/models when that is
there, else only the demo's. LONG=1 asks for the whole numbers where `make test` takes a slice. Speaks TAP.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

TOP = pathlib.Path(__file__).resolve().parents[2]

try:
    import numpy
    from ai_edge_litert.interpreter import Interpreter, load_delegate
    from PIL import Image
except ImportError:
    python = subprocess.run([TOP / "tests/setup/tflite.sh", "python"], check=True, capture_output=True, text=True).stdout.strip()
    if pathlib.Path(sys.executable) == pathlib.Path(python):
        raise
    os.execv(python, [python, *sys.argv])

BUILD = pathlib.Path(sys.argv[1]).resolve()
DELEGATE = BUILD / "delegate/librocket-tflite.so"
MODELS = pathlib.Path(os.environ.get("ROCKET_SHARED", TOP / "../shared")) / "models"
LONG = os.environ.get("LONG")
THREADS, INVOKES = 8, 200 if LONG else 20
OPENS = 200 if LONG else 50

# Largest difference to golden outputs, in codes: TensorFlow Lite rounds twice, the NPU once, guide 7.4.
TOLERANCE_LAYER = 1
DETECTION_SCORE = 0.05      # of a class that is the same

_cases = 0


def case(name, problems):
    global _cases
    _cases += 1
    for p in (problems := list(problems)):
        print(f"# {p}")
    print(f"{'not ' if problems else ''}ok {_cases} - litert: {name}", flush=True)


def skip(name, why):
    global _cases
    _cases += 1
    print(f"# {why}\nok {_cases} - litert: {name} # SKIP {why}")


def demo(what):
    out = subprocess.run([TOP / "tests/setup/demo-data.sh", what], check=True, capture_output=True, text=True)
    return pathlib.Path(out.stdout.strip())


def delegate(**options):
    return load_delegate(DELEGATE, {"device": "sim", **{k.replace("_", "-"): v for k, v in options.items()}})


def interpreter(model, with_delegate=True, **options):
    i = Interpreter(str(model), experimental_delegates=[delegate(**options)] if with_delegate else [], num_threads=1)
    i.allocate_tensors()
    return i


def run(i, inputs):
    for d, x in zip(i.get_input_details(), inputs):
        i.set_tensor(d["index"], x.view(d["dtype"]).reshape(d["shape"]))
    i.invoke()
    return [i.get_tensor(d["index"]) for d in i.get_output_details()]


def lcg(seed, count):
    """Made-up inputs; models/README.md has the rule."""
    out, s = bytearray(count), seed
    for k in range(count):
        s = (s * 1103515245 + 12345) & 0x7fffffff
        out[k] = s >> 16 & 255
    return numpy.frombuffer(out, numpy.uint8)


def golden(folder, details):
    """Inputs and outputs of a model's golden.json."""
    about = json.loads((folder / "golden.json").read_text())
    inputs = []
    for d, want in zip(details, about["inputs"]):
        file = folder / want["file"]
        size = int(numpy.prod(d["shape"])) * numpy.dtype(d["dtype"]).itemsize
        inputs.append(numpy.fromfile(file, numpy.uint8) if file.exists() else lcg(int(want["source"].split(":")[1]), size))
    return inputs, [(folder / o["file"]).read_bytes() for o in about["outputs"]]


def apart(got, want):
    return max(int(numpy.abs(a.ravel().astype(int) - numpy.frombuffer(b, a.dtype).astype(int)).max()) for a, b in zip(got, want))


def text_of(args, **more):
    p = subprocess.run([str(a) for a in args], capture_output=True, text=True, **more)
    return p.returncode, p.stdout, p.stderr


def hens():
    """As the classification demo does it, and what came out against rocket-run's bytes."""
    model, labels, image = demo("model"), demo("labels"), demo("image")
    with tempfile.TemporaryDirectory() as t:
        t = pathlib.Path(t)
        ours = t / "out.bin"
        status, said, err = text_of([BUILD / "tools/rocket-run", model, "--device", "sim", "--image", image, "--labels", labels,
                                     "--output", ours])
        if status:
            yield from err.splitlines()
        (got,) = run(interpreter(model), [numpy.asarray(Image.open(image).convert("RGB").resize((224, 224), Image.BILINEAR))])
        if got.tobytes() != ours.read_bytes():
            yield f"{(got.ravel() != numpy.fromfile(ours, numpy.uint8)).sum()} of {got.size} outputs differ from rocket-run's"
        status, said, err = text_of([sys.executable, TOP / "userspace/python/classify.py", "-i", image, "-m", model, "-l", labels,
                                     "-e", DELEGATE, "-o", "device=sim", "-v"])
        lines = said.splitlines()
        if status or lines[0] != "0.972656: hen" or lines[1] != "0.023438: cock" or not lines[-1].startswith("time: "):
            yield f"classify.py says {lines} {err[-500:]}"
        for words in ("device: sim", "the NPU takes 30 of 31 operators", "operator 30 SOFTMAX stays on the CPU",
                      "compiling graph: 88 tensors 30 operations", "compiled graph, took", "invoked graph on sim, took"):
            if words not in err:
                yield f"the verbose log lacks '{words}'"
        if err.count(" CONV_2D ") + err.count(" DEPTHWISE_CONV_2D ") != 28:
            yield "the verbose log does not list 28 convolutions"


def layers(kind):
    for model in sorted((MODELS / kind).glob("*.tflite")):
        i = interpreter(model)
        inputs, want = golden(MODELS / "golden" / kind / model.stem, i.get_input_details())
        worst = apart(run(i, inputs), want)
        if worst > TOLERANCE_LAYER:
            yield f"{model.stem}: {worst} codes off"


def networks():
    """Codes add up in chains (models/README.md), so a network is judged by its answer."""
    for model in sorted(MODELS.glob("*.tflite")):
        for folder in sorted((MODELS / "golden" / model.stem).iterdir()):
            i = interpreter(model)
            inputs, want = golden(folder, i.get_input_details())
            got = run(i, inputs)
            if len(got) == 4:      # a detector: boxes, classes, scores, count; the best one
                pairs = [(a.ravel()[0], numpy.frombuffer(b, a.dtype)[0]) for a, b in zip(got[1:3], want[1:3])]
            else:
                pairs = [(got[0].argmax(), numpy.frombuffer(want[0], got[0].dtype).argmax())]
            if any(abs(a - b) > DETECTION_SCORE for a, b in pairs):
                yield f"{model.stem} on {folder.name}: {pairs}"


def quiet():
    """Without options for it nothing is said, and one line when a model gains nothing."""
    code = ("import sys; from ai_edge_litert.interpreter import Interpreter, load_delegate; "
            "Interpreter(sys.argv[2], experimental_delegates=[load_delegate(sys.argv[1], {'device': 'sim'})]).allocate_tensors()")
    env = {k: v for k, v in os.environ.items() if k != "ROCKET_LOG"}
    for model, lines in ((demo("model"), 0), (MODELS / "layers/mb-030.tflite", 1)):
        if not model.exists():
            continue
        status, _, err = text_of([sys.executable, "-c", code, DELEGATE, model], env=env)
        ours = [line for line in err.splitlines() if line.startswith("rocket:")]
        if status or len(ours) != lines:
            yield f"{model.name}: exit status {status}, {ours}"


def refused():
    for options, words in (({"speed": "1"}, "unknown option 'speed'"), ({"device": "/dev/null"}, "/dev/null")):
        try:
            load_delegate(DELEGATE, options)
            yield f"{options} is accepted"
        except ValueError as e:
            if words not in str(e):
                yield f"{options}: {e}"


def crowd(model):
    """An interpreter per thread, each with a delegate of its own."""
    details = interpreter(model, False).get_input_details()
    inputs = [lcg(7, int(numpy.prod(d["shape"]))) for d in details]
    want = [o.tobytes() for o in run(interpreter(model), inputs)]
    wrong = []

    def work(number):
        i = interpreter(model)
        for turn in range(INVOKES):
            if [o.tobytes() for o in run(i, inputs)] != want:
                wrong.append(f"thread {number}, run {turn}: other outputs")
                return

    threads = [threading.Thread(target=work, args=(n,)) for n in range(THREADS)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    yield from wrong


def come_and_go(model):
    """Interpreters and delegates are made and destroyed while another one runs."""
    details = interpreter(model, False).get_input_details()
    inputs = [lcg(7, int(numpy.prod(d["shape"]))) for d in details]
    steady = interpreter(model)
    want = [o.tobytes() for o in run(steady, inputs)]
    stop, wrong = threading.Event(), []

    def keep_running():
        while not stop.is_set():
            if [o.tobytes() for o in run(steady, inputs)] != want:
                wrong.append("the steady interpreter gives other outputs")
                return

    t = threading.Thread(target=keep_running)
    t.start()
    for n in range(OPENS):
        d = delegate()
        if n % 2:
            i = Interpreter(str(model), experimental_delegates=[d])
            del d
            i.allocate_tensors()
            if [o.tobytes() for o in run(i, inputs)] != want:
                wrong.append(f"interpreter {n} gives other outputs")
    stop.set()
    t.join()
    yield from wrong


def resized(model):
    """Inputs of another height and width than the model's: shapes inside the partition follow."""
    ours, cpu = interpreter(model), interpreter(model, False)
    shape = [1, 40, 24, ours.get_input_details()[0]["shape"][3]]
    outs = []
    for i in (ours, cpu):
        i.resize_tensor_input(i.get_input_details()[0]["index"], shape)
        i.allocate_tensors()
        outs.append(run(i, [lcg(3, int(numpy.prod(shape)))]))
    if outs[0][0].shape != outs[1][0].shape or apart(outs[0], [o.tobytes() for o in outs[1]]) > TOLERANCE_LAYER:
        yield f"shapes {outs[0][0].shape} {outs[1][0].shape}, or other outputs than the CPU's"


def cached(model):
    with tempfile.TemporaryDirectory() as folder:
        x = lcg(1, int(numpy.prod(interpreter(model, False).get_input_details()[0]["shape"])))
        first = run(interpreter(model, cache_dir=folder), [x])[0]
        if len(list(pathlib.Path(folder).iterdir())) != 1:
            yield "no compiled model in the folder"
        if (run(interpreter(model, cache_dir=folder), [x])[0] != first).any():
            yield "the kept model gives other outputs"


case("the hens are hens, as rocket-run has them, and the log says how", hens())
case("quiet unless a model gains nothing", quiet())
case("wrong options are refused with a reason", refused())
if MODELS.is_dir():
    small = MODELS / "layers/mb-025.tflite"
    case("every single operator is within one code of golden", layers("layers"))
    case("every odd shape is within one code of golden", layers("edge"))
    case("every network gives the answer of golden", networks())
    case(f"{THREADS} threads with an interpreter each, {INVOKES} runs each", crowd(small))
    case(f"{OPENS} delegates come and go while another runs", come_and_go(small))
    case("a resized model gives what the CPU gives", resized(MODELS / "layers/mb-003.tflite"))
    case("a compiled model is kept and found", cached(small))
else:
    skip("single operators, threads, resizing", f"{MODELS} is not there")
print(f"1..{_cases}")
