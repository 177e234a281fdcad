#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""Make the models of this folder: one operator each, with options and scales that differ.

usage: make.py [--check]	--check compares with the files and writes nothing; prints TAP
"""
import pathlib
import struct
import sys

from flatbuffer import flex_map, model

HERE = pathlib.Path(__file__).resolve().parent

# BuiltinOperator, BuiltinOptions; schema.fbs of TensorFlow Lite
TANH, RELU, RELU6, RELU_N1_TO_1, LEAKY_RELU, PRELU, HARD_SWISH = 28, 19, 21, 20, 98, 54, 117
DEQUANTIZE, SPLIT, STRIDED_SLICE, TRANSPOSE, TRANSPOSE_CONV = 6, 49, 45, 39, 67
NEAREST, BILINEAR, PADV2, MIRROR_PAD, CUSTOM = 97, 23, 60, 100, 32
O_BILINEAR, O_TRANSPOSE, O_SLICE, O_SPLIT, O_DEQUANTIZE, O_PADV2 = 15, 26, 32, 35, 38, 43
O_TRANSPOSE_CONV, O_NEAREST, O_LEAKY_RELU, O_MIRROR_PAD, O_HARD_SWISH = 49, 74, 75, 77, 91


def lcg(seed, count):
    out = bytearray()
    for _ in range(count):
        seed = (seed * 1103515245 + 12345) & 0x7fffffff
        out.append(seed >> 16 & 255)
    return bytes(out)


def size(shape):
    n = 1
    for extent in shape:
        n *= extent
    return n


def image(kind, shape, scale, zero, seed=None):
    t = {"type": kind, "shape": shape, "scale": scale, "zero": zero}
    return t | ({"data": lcg(seed, size(shape))} if seed else {})


def ints(values, shape=None):
    return {"type": "int32", "shape": [len(values)] if shape is None else shape,
            "data": struct.pack(f"<{len(values)}i", *values)}


def functions():
    all_codes = [1, 4, 64]
    for kind, zero in ("uint8", 100), ("int8", -20):
        short = kind[0] + "8"
        x = image(kind, all_codes, 0.047, zero)
        yield f"tanh_{short}", model(TANH, [x], [image(kind, all_codes, 1 / 128, 128 if kind == "uint8" else 0)], version=2)
        yield f"relu_{short}", model(RELU, [x], [image(kind, all_codes, 0.021, 0 if kind == "uint8" else -128)], version=2)
        yield f"relu6_{short}", model(RELU6, [x], [image(kind, all_codes, 0.0235, 3)], version=2)
        yield f"relu_n1_to_1_{short}", model(RELU_N1_TO_1, [x], [image(kind, all_codes, 0.01, 9)])
        yield f"leaky_relu_{short}", model(LEAKY_RELU, [x], [image(kind, all_codes, 0.039, zero + 9)],
                                           (O_LEAKY_RELU, {0: ("f32", 0.2)}), version=2)
        yield f"hard_swish_{short}", model(HARD_SWISH, [x], [image(kind, all_codes, 0.035, zero + 5)], (O_HARD_SWISH, {}))
        yield f"prelu_{short}", model(PRELU, [image(kind, [1, 4, 4, 16], 0.05, zero),
                                              image(kind, [1, 1, 16], 0.004, zero - 7, seed=5)],
                                      [image(kind, [1, 4, 4, 16], 0.045, zero)])
        yield f"dequantize_{short}", model(DEQUANTIZE, [x], [{"type": "float32", "shape": all_codes}], (O_DEQUANTIZE, {}),
                                           version=2)


def moves():
    a, b = ("uint8", 0.1, 7), ("int8", 0.2, -3)
    yield "split_2_of_channels", model(SPLIT, [ints([3], []), image(a[0], [1, 3, 2, 8], *a[1:])],
                                       [image(a[0], [1, 3, 2, 4], *a[1:])] * 2, (O_SPLIT, {0: ("i32", 2)}))
    yield "split_3_of_rows", model(SPLIT, [ints([-3], []), image(b[0], [1, 6, 2, 5], *b[1:])],
                                   [image(b[0], [1, 2, 2, 5], *b[1:])] * 3, (O_SPLIT, {0: ("i32", 3)}), version=2)
    yield "slice_steps", model(STRIDED_SLICE, [image(a[0], [1, 7, 6, 5], *a[1:]), ints([0, 1, -1, 0]), ints([1, 6, -8, 0]),
                                               ints([1, 2, -2, 3])], [image(a[0], [1, 3, 3, 2], *a[1:])],
                               (O_SLICE, {0: ("i32", 1), 1: ("i32", 8)}))
    yield "slice_shrink", model(STRIDED_SLICE, [image(b[0], [2, 3, 4, 5], *b[1:]), ints([1, -1, 0, 1]), ints([2, 0, 9, 4]),
                                                ints([1, 1, 1, 1])], [image(b[0], [4, 3], *b[1:])],
                                (O_SLICE, {4: ("i32", 3)}))
    yield "transpose_nchw", model(TRANSPOSE, [image(b[0], [1, 3, 4, 5], *b[1:]), ints([0, 3, 1, 2])],
                                  [image(b[0], [1, 5, 3, 4], *b[1:])], (O_TRANSPOSE, {}), version=2)
    yield "transpose_2d", model(TRANSPOSE, [image(a[0], [6, 7], *a[1:]), ints([1, 0])], [image(a[0], [7, 6], *a[1:])],
                                (O_TRANSPOSE, {}))
    yield "padv2", model(PADV2, [image(a[0], [1, 2, 3, 4], *a[1:]), ints([0, 0, 1, 2, 0, 1, 1, 0], [4, 2]),
                                 {"type": a[0], "shape": [1], "scale": a[1], "zero": a[2], "data": b"\x2a"}],
                         [image(a[0], [1, 5, 4, 5], *a[1:])], (O_PADV2, {}))
    for mode, name in enumerate(("reflect", "symmetric")):
        yield f"mirror_{name}", model(MIRROR_PAD, [image(b[0], [1, 3, 4, 2], *b[1:]), ints([0, 0, 2, 1, 1, 3, 0, 1], [4, 2])],
                                      [image(b[0], [1, 6, 8, 3], *b[1:])], (O_MIRROR_PAD, {0: ("i8", mode)}), version=2)


def windows():
    weights, w_scale = [7, 3, 3, 9], 0.004
    per_channel = [0.001 * (1 + i) for i in range(7)]
    for name, padding, strides, out in (("same_s2", 0, 2, [1, 8, 10, 7]), ("valid_s2", 1, 2, [1, 9, 11, 7]),
                                        ("same_s1", 0, 1, [1, 4, 5, 7])):
        options = O_TRANSPOSE_CONV, {0: ("i8", padding), 1: ("i32", strides), 2: ("i32", strides)}
        yield f"transpose_conv_{name}_u8", model(
            TRANSPOSE_CONV, [ints(out), image("uint8", weights, w_scale, 120, seed=3), image("uint8", [1, 4, 5, 9], 0.02, 90)],
            [image("uint8", out, 0.05, 131)], options)
        bias = {"type": "int32", "shape": [7], "scale": [0.02 * s for s in per_channel], "zero": 0,
                "data": struct.pack("<7i", *range(-3000, 4000, 1000))}
        yield f"transpose_conv_{name}_i8", model(
            TRANSPOSE_CONV, [ints(out), image("int8", weights, per_channel, 0, seed=3), image("int8", [1, 4, 5, 9], 0.02, -9), bias],
            [image("int8", out, 0.05, 11)], options, version=3)
    for code, kind, first in (NEAREST, O_NEAREST, 0), (BILINEAR, O_BILINEAR, 2):
        what = "nearest" if code == NEAREST else "bilinear"
        for name, align, half, out in (("2x", 0, 0, [1, 8, 10, 3]), ("align", 1, 0, [1, 7, 12, 3]), ("half", 0, 1, [1, 9, 3, 3])):
            for t in "uint8", "int8":
                yield f"{what}_{name}_{t[0]}8", model(
                    code, [image(t, [1, 4, 5, 3], 0.1, 5), ints(out[1:3])], [image(t, out, 0.1, 5)],
                    (kind, {first: ("u8", align), first + 1: ("u8", half)}), version=3)


def detections():
    options = {"max_detections": 5, "max_classes_per_detection": 1, "detections_per_class": 3, "num_classes": 4,
               "use_regular_nms": False, "nms_score_threshold": 0.25, "nms_iou_threshold": 0.2,
               "y_scale": 10.0, "x_scale": 10.0, "h_scale": 5.0, "w_scale": 5.0}
    for name, regular in ("fast", False), ("regular", True):
        anchors = bytes(40 + b % 160 for b in lcg(9, 4 * 24))
        yield f"detection_{name}", model(
            CUSTOM, [image("uint8", [1, 24, 4], 0.05, 128), image("uint8", [1, 24, 5], 1 / 256, 0),
                     {"type": "uint8", "shape": [24, 4], "scale": 1 / 256, "zero": 0, "data": anchors}],
            [{"type": "float32", "shape": []}] * 4, custom="TFLite_Detection_PostProcess",
            custom_options=flex_map(options | {"use_regular_nms": regular}))


def main():
    files = {HERE / f"{name}.tflite": data for part in (functions, moves, windows, detections) for name, data in part()}
    if sys.argv[1:] == ["--check"]:
        stale = [f.name for f, data in files.items() if not f.is_file() or f.read_bytes() != data]
        stale += [f.name for f in HERE.glob("*.tflite") if f not in files]
        print("1..1")
        for name in stale:
            print(f"# {name} is not what make.py makes")
        print(f"{'not ' if stale else ''}ok 1 - the models of tests/data/ops are those of make.py")
        return 1 if stale else 0
    for f, data in files.items():
        f.write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
