#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""What is installed works: module.py BUILD, a build directory.

The tree is installed into a folder of its own. The example of the documentation is built against it as an application would,
with pkg-config; the Python module is installed by pip from the source tree and used with and without numpy. All on the model
of the NPU, on the demo's network. Speaks TAP.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(sys.argv[1]).resolve()
HEADER_TEST = "#include <rocket/rocket.h>\nint main() { rkt_tensor t = rkt_tensor(); return !rkt_version() || t.rank; }\n"

# Runs in the Pythons below, which find the module through PYTHONPATH.
USE = """
import select, sys
import rocket
with rocket.Model(sys.argv[1], device="sim") as model:
    assert model.device == "sim" and model.operators == (31, 30), (model.device, model.operators)
    assert model.inputs[0].shape == (1, 224, 224, 3) and model.inputs[0].dtype == "uint8", model.inputs
    data = open(sys.argv[2], "rb").read()
    if rocket.numpy:
        data = rocket.numpy.frombuffer(data, "uint8").reshape(model.inputs[0].shape)
    scores = model.run(data)
    assert scores.shape == (1, 1001), scores.shape
    model.start(data)
    select.select([model], [], [])
    assert bytes(model.wait()) == bytes(scores)
    for wrong in (lambda: model.run(), lambda: model.run(data[:1] if not rocket.numpy else data[:, :1])):
        try:
            wrong()
            sys.exit("wrong inputs are taken")
        except (TypeError, ValueError):
            pass
    open(sys.argv[3], "wb").write(bytes(scores))
try:
    rocket.Model("/nonexistent.tflite")
    sys.exit("a model that is not there is loaded")
except rocket.Error as e:
    assert e.errno == 2 and "/nonexistent.tflite" in str(e), e
"""

_cases = 0


def case(name, problems):
    global _cases
    _cases += 1
    for p in (problems := list(problems)):
        print(f"# {p}")
    print(f"{'not ' if problems else ''}ok {_cases} - installed: {name}", flush=True)


def call(*args, **more):
    return subprocess.run([str(a) for a in args], check=True, capture_output=True, text=True, **more).stdout.strip()


def complaints(action):
    """Lines that say why it failed."""
    try:
        yield from action() or ()
    except subprocess.CalledProcessError as e:
        yield f"{' '.join(e.cmd)}: exit status {e.returncode}"
        yield from (e.stdout + e.stderr).splitlines()[-20:]


def demo(what):
    return pathlib.Path(call(TOP / "tests/setup/demo-data.sh", what))


def prepare(work):
    """Input bytes, and what rocket-run makes of them."""
    raw, want = work / "in.rgb", work / "want.bin"
    raw.write_bytes(bytes(i * 7919 >> 4 & 255 for i in range(224 * 224 * 3)))
    call(BUILD / "tools/rocket-run", demo("model"), "--device", "sim", "--input", raw, "--output", want)
    return raw, want


def installed(work):
    call("meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", work / "root")
    (pc,) = (work / "root").rglob("librocket.pc")
    for part in ("include/rocket/rocket.h", "librocket.so", "librocket.so.0", "librocket-tflite.so", "librocket.3"):
        if not list((work / "root").rglob(pathlib.PurePath(part).name)):
            yield f"{part} is not installed"
    env = {**os.environ, "PKG_CONFIG_PATH": str(pc.parent), "PKG_CONFIG_SYSROOT_DIR": str(work / "root")}
    (work / "flags").write_text(call("pkg-config", "--cflags", "--libs", "librocket", env=env))
    (work / "lib").symlink_to(pc.parent.parent)


def example(work, raw, want):
    program = work / "example"
    call(os.environ.get("CC", "gcc"), "-std=c11", "-Wall", "-Wextra", "-Werror", TOP / "Documentation/userspace/example.c",
         "-o", program, *(work / "flags").read_text().split())
    said = call(program, demo("model"), raw, "sim", env={**os.environ, "LD_LIBRARY_PATH": str(work / "lib")})
    scores = want.read_bytes()
    best = scores.index(max(scores))
    if said != f"class {best}, score {scores[best] / 256:.3f}, on sim":
        yield f"it says: {said}"


def cplusplus(work):
    source = work / "header.cc"
    source.write_text(HEADER_TEST)
    call("clang", "-x", "c++", "-std=c++11", "-Wall", "-Wextra", "-pedantic", "-Werror", source, "-o", work / "header",
         *(work / "flags").read_text().split())
    call(work / "header", env={**os.environ, "LD_LIBRARY_PATH": str(work / "lib")})


def symbols(work, library, allowed):
    (path,) = [p for p in (work / "root").rglob(library) if not p.is_symlink()]
    for line in call("nm", "-D", "--defined-only", path).splitlines():
        name = line.split()[-1]
        if not allowed(name):
            yield f"{library} exports {name}"


def module(work, python, raw, want):
    call(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--upgrade", "--target",
         work / "site", TOP / "userspace/python")
    env = {**os.environ, "PYTHONPATH": str(work / "site"), "ROCKET_LIBRARY": str(work / "lib/librocket.so.0")}
    for name in (python, "/usr/bin/python3"):
        out = work / "out.bin"
        call(name, "-c", USE, demo("model"), raw, out, env=env)
        if out.read_bytes() != want.read_bytes():
            yield f"{name}: other outputs than rocket-run"
        out.unlink()


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    raw, want = prepare(folder)
    python = call(TOP / "tests/setup/tflite.sh", "python")
    case("the library, the delegate, header and man page are there", complaints(lambda: installed(folder)))
    case("the example builds with pkg-config and runs", complaints(lambda: example(folder, raw, want)))
    case("the header is C++", complaints(lambda: cplusplus(folder)))
    case("librocket exports its interface only",
         complaints(lambda: symbols(folder, "librocket.so.0.*", lambda n: n.startswith("rkt_") or n.startswith("ROCKET_"))))
    case("the delegate exports exactly its two functions",
         complaints(lambda: symbols(folder, "librocket-tflite.so", lambda n: n in (
             "tflite_plugin_create_delegate", "tflite_plugin_destroy_delegate"))))
    case("pip installs the Python module, which runs with and without numpy", complaints(lambda: module(folder, python, raw, want)))
print(f"1..{_cases}")
