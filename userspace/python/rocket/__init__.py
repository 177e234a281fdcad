# SPDX-License-Identifier: MIT
# Copyright 2026 The rocket authors
"""Models on the NPU of the RK3588.

    import rocket
    model = rocket.Model("mobilenet.tflite")
    scores = model.run(picture)

Arrays are numpy's when numpy is there, else anything with a buffer goes in and memoryviews come out. The module is plain
Python over librocket's C interface, so one copy of it serves every version of Python. librocket.so.0 is looked for where the
system keeps libraries; the environment variable ROCKET_LIBRARY names another one.
"""
import collections
import ctypes
import os

try:
    import numpy
except ImportError:
    numpy = None

__all__ = ["Error", "Model", "Tensor", "version"]

RANK_MAX = 8
# enum rkt_type: name of the type as numpy has it, and format of a memoryview
TYPES = (("uint8", "B"), ("int8", "b"), ("int16", "h"), ("int32", "i"), ("int64", "q"), ("float32", "f"))

Tensor = collections.namedtuple("Tensor", "name dtype shape scale zero_point nbytes")
Tensor.__doc__ = "What an input or output looks like; real = scale * (stored - zero_point), scale is 0 for plain numbers."


class Error(OSError):
    """What librocket says: errno and text."""


class _Tensor(ctypes.Structure):
    """struct rkt_tensor of rocket/rocket.h"""
    _fields_ = [("name", ctypes.c_char_p), ("type", ctypes.c_uint32), ("rank", ctypes.c_uint32),
                ("dim", ctypes.c_int32 * RANK_MAX), ("bytes", ctypes.c_size_t), ("scale", ctypes.c_float),
                ("zero_point", ctypes.c_int32), ("reserved", ctypes.c_uint32 * 8)]


_P, _U, _I = ctypes.c_void_p, ctypes.c_uint, ctypes.c_int
_FUNCTIONS = {
    "version": (ctypes.c_char_p,),
    "error": (ctypes.c_char_p,),
    "model_load": (_I, ctypes.c_char_p, ctypes.POINTER(_P)),
    "model_load_memory": (_I, ctypes.c_char_p, ctypes.c_size_t, ctypes.POINTER(_P)),
    "model_destroy": (None, _P),
    "model_inputs": (_U, _P),
    "model_outputs": (_U, _P),
    "model_input": (_I, _P, _U, ctypes.POINTER(_Tensor)),
    "model_output": (_I, _P, _U, ctypes.POINTER(_Tensor)),
    "model_operators": (_U, _P, ctypes.POINTER(_U)),
    "session_create": (_I, _P, ctypes.c_char_p, ctypes.POINTER(_P)),
    "session_destroy": (None, _P),
    "session_device": (ctypes.c_char_p, _P),
    "session_input": (_P, _P, _U),
    "session_output": (_P, _P, _U),
    "session_run": (_I, _P),
    "session_start": (_I, _P),
    "session_fd": (_I, _P),
    "session_wait": (_I, _P, _I),
}


class _Library:
    """The functions of librocket, loaded when the first is needed."""

    def __getattr__(self, name):
        library = ctypes.CDLL(os.environ.get("ROCKET_LIBRARY", "librocket.so.0"))
        for function, (returns, *arguments) in _FUNCTIONS.items():
            f = getattr(library, "rkt_" + function)
            f.restype, f.argtypes = returns, arguments
            setattr(self, function, f)
        return self.__dict__[name]


_rkt = _Library()


def version():
    """Version of librocket."""
    return _rkt.version().decode()


def _check(ret):
    if ret < 0:
        raise Error(-ret, _rkt.error().decode(errors="replace"))


def _describe(function, model, index):
    t = _Tensor()
    _check(function(model, index, ctypes.byref(t)))
    dtype = TYPES[t.type][0] if t.type < len(TYPES) else "unknown"
    return Tensor(t.name.decode(errors="replace"), dtype, tuple(t.dim[:t.rank]), t.scale, t.zero_point, t.bytes)


class Model:
    """A model on a device, ready to run.

    model: path of a .tflite or .rkt file, or the bytes of one
    device: path of a node, "sim" for the model of the NPU in this process, or None: a node if there is one, else "sim"

    An object belongs to one thread at a time; several objects may run at once.
    """

    def __init__(self, model, device=None):
        self._model, self._session = _P(), _P()
        self._started = False
        if isinstance(model, (bytes, bytearray)):
            _check(_rkt.model_load_memory(bytes(model), len(model), ctypes.byref(self._model)))
        else:
            _check(_rkt.model_load(os.fsencode(model), ctypes.byref(self._model)))
        self.inputs = tuple(_describe(_rkt.model_input, self._model, i) for i in range(_rkt.model_inputs(self._model)))
        self.outputs = tuple(_describe(_rkt.model_output, self._model, i) for i in range(_rkt.model_outputs(self._model)))
        _check(_rkt.session_create(self._model, None if device is None else os.fsencode(device),
                                   ctypes.byref(self._session)))

    def close(self):
        """Give the device back; waits for a run that goes on."""
        if getattr(self, "_session", None):
            _rkt.session_destroy(self._session)
            self._session = _P()
        if getattr(self, "_model", None):
            _rkt.model_destroy(self._model)
            self._model = _P()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def __del__(self):
        self.close()

    def _open(self):
        if not self._session:
            raise ValueError("the model is closed")

    @property
    def device(self):
        """What the model runs on: "sim" or the path of a node."""
        self._open()
        return _rkt.session_device(self._session).decode()

    @property
    def operators(self):
        """(all operators, those on the NPU)"""
        self._open()
        npu = _U()
        return _rkt.model_operators(self._model, ctypes.byref(npu)), npu.value

    def _put(self, arrays):
        if len(arrays) != len(self.inputs):
            raise ValueError(f"the model has {len(self.inputs)} inputs, not {len(arrays)}")
        for i, (array, t) in enumerate(zip(arrays, self.inputs)):
            if numpy is not None:
                array = numpy.asarray(array)
                if array.dtype != t.dtype and array.dtype != "V1":
                    raise TypeError(f"input {i} '{t.name}' takes {t.dtype}, not {array.dtype}")
                array = numpy.ascontiguousarray(array)
            view = memoryview(array).cast("B")
            if view.nbytes != t.nbytes:
                raise ValueError(f"input {i} '{t.name}' has shape {t.shape} and {t.nbytes} bytes, not {view.nbytes}")
            ctypes.memmove(_rkt.session_input(self._session, i), view.tobytes(), t.nbytes)

    def _get(self):
        out = []
        for i, t in enumerate(self.outputs):
            data = ctypes.string_at(_rkt.session_output(self._session, i), t.nbytes)
            if numpy is not None:
                out.append(numpy.frombuffer(bytearray(data), t.dtype).reshape(t.shape))
            else:
                out.append(memoryview(bytearray(data)).cast(dict(TYPES)[t.dtype], t.shape))
        return out[0] if len(out) == 1 else out

    def run(self, *arrays):
        """Run once, on one array per input. Returns an array, or a list of them when the model has several outputs."""
        self._open()
        self._put(arrays)
        _check(_rkt.session_run(self._session))
        return self._get()

    def start(self, *arrays):
        """Run once in the background; wait() takes the result. fileno() is readable when it is there."""
        self._open()
        if self._started:
            raise Error(16, "the model runs; take its result with wait() first")
        self._put(arrays)
        _check(_rkt.session_start(self._session))
        self._started = True

    def wait(self, timeout=None):
        """Result of start(), as run() returns it. None when it is not there within timeout seconds."""
        self._open()
        ret = _rkt.session_wait(self._session, -1 if timeout is None else max(0, int(timeout * 1000)))
        if ret == -11:      # EAGAIN: the run goes on
            return None
        self._started = False
        _check(ret)
        return self._get()

    def fileno(self):
        """File descriptor to poll or select; asyncio's add_reader() takes it."""
        self._open()
        return _rkt.session_fd(self._session)
