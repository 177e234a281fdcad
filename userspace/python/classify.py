#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""Classify a picture with LiteRT or tflite_runtime, the operators on the CPU or on a delegate.

The options and lines are those of TensorFlow Lite's own classification example and of rocket-classify. Pictures are read
with Pillow when it is there; raw RGB bytes in the model's size always do.
"""
import argparse
import os
import pathlib
import time

import numpy

try:
    from ai_edge_litert.interpreter import Interpreter, load_delegate
except ImportError:
    from tflite_runtime.interpreter import Interpreter, load_delegate

BEST = 5


def read_picture(path, height, width):
    data = path.read_bytes()
    if len(data) == height * width * 3:
        return numpy.frombuffer(data, numpy.uint8).reshape(1, height, width, 3)
    from PIL import Image
    return numpy.asarray(Image.open(path).convert("RGB").resize((width, height), Image.BILINEAR))[numpy.newaxis]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-i", "--image", required=True, type=pathlib.Path, help="picture, or raw RGB in the model's size")
    parser.add_argument("-m", "--model", required=True, help=".tflite model")
    parser.add_argument("-l", "--labels", required=True, type=pathlib.Path, help="names of the classes, one a line")
    parser.add_argument("-e", "--delegate", help="library of an external delegate")
    parser.add_argument("-o", "--option", action="append", default=[], metavar="KEY=VALUE", help="for the delegate")
    parser.add_argument("-n", "--times", type=int, default=1, help="run so often; the time is that of the last run")
    parser.add_argument("-v", "--verbose", action="store_true", help="what the delegate does")
    args = parser.parse_args()

    if args.verbose:
        os.environ.setdefault("ROCKET_LOG", "verbose")
        os.environ.setdefault("TEFLON_DEBUG", "verbose")
    delegates = []
    if args.delegate:
        delegates.append(load_delegate(args.delegate, dict(o.split("=", 1) for o in args.option)))
    interpreter = Interpreter(args.model, experimental_delegates=delegates)
    interpreter.allocate_tensors()
    (to,), (out,) = interpreter.get_input_details(), interpreter.get_output_details()
    picture = read_picture(args.image, *to["shape"][1:3])
    interpreter.set_tensor(to["index"], picture if to["dtype"] == numpy.uint8 else (picture ^ 0x80).view(numpy.int8))
    for _ in range(args.times):
        begin = time.monotonic()
        interpreter.invoke()
        ms = (time.monotonic() - begin) * 1e3
    scale, zero_point = out["quantization"]
    stored = interpreter.get_tensor(out["index"]).ravel()
    scores = scale * (stored.astype(float) - zero_point) if scale else stored
    labels = args.labels.read_text().splitlines()
    if len(labels) != len(scores):
        parser.exit(1, f"{args.labels} has {len(labels)} labels but the model has {len(scores)} classes\n")
    for i in numpy.argsort(-scores, kind="stable")[:BEST]:
        print(f"{scores[i]:08.6f}: {labels[i]}")
    print(f"time: {ms:.3f}ms")


if __name__ == "__main__":
    main()
