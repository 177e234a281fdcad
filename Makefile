# SPDX-License-Identifier: MIT
#
# The front door. The kernel's build system enters here too, with KERNELRELEASE set: then this is the external module.

ifneq ($(KERNELRELEASE),)

obj-m += drivers/accel/rocket/

else

HOST := build/host
ASAN := build/asan
FUZZ := build/fuzz
MESON := meson setup
TESTS := -Dtests=enabled -Ddelegate=enabled -Dtflite-headers="$$(tests/setup/tflite.sh headers)" -Dwerror=true
RUN_TESTS := python3 tests/check/run-tests.py
# What of the machine's groups make test repeats on the debug kernel; make test-debug takes all of them.
DEBUG_GROUPS := load crowd fault kunit
FUZZ_SECONDS ?= 300

.PHONY: all host tests asan fuzzers packages demo test test-debug machine check golden gen fuzz bench vm modules export mutate clean help

# The host tree: libraries in build/host, tools in build/host/tools.
all: host

help:
	@sed -n 's/^#: //p' Makefile

#: make           build libraries and tools in build/host
#: make demo      classify a picture in the emulated machine; MODEL=, IMAGE=, LABELS= for your own; SIM=1 without a machine
#: make test      everything that can be tested on this machine; the last line counts the cases
#: make test-debug   the machine's test groups but clients, and igt, on the debug kernel; LONG=1 asks for the whole numbers
#: make check     form and unit tests, in under a minute
#: make fuzz      each reader of untrusted files for FUZZ_SECONDS (300)
#: make bench     figures: speed of the model, compile time, sizes; what the driver costs in the machine
#: make mutate    plant defects in the driver, one at a time, and see whether the tests notice; WORD= for some of them
#: make gen       write the files that come from the register description, the table of operators and the diagrams
#: make golden    write the golden listings of tests/golden again; review the difference
#: make vm        a shell in the emulated machine
#: make modules   the kernel module, for the emulated machine or for KDIR=... (a configured kernel tree; ARCH=, CROSS_COMPILE=)
#: make export    copy the driver into a kernel tree, KDIR=...
#: make clean     remove build/

host: | packages
	@[ -e $(HOST)/build.ninja ] || $(MESON) $(HOST) userspace
	@ninja -C $(HOST)

packages:
	@tests/setup/packages.sh build

# The same tree with tests, whether or not it was first built without.
tests:
	@tests/setup/packages.sh build test
	@grep -qs test_delegate $(HOST)/build.ninja || { rm -rf $(HOST); $(MESON) $(HOST) userspace $(TESTS); }
	@ninja -C $(HOST)

asan:
	@grep -qs test_delegate $(ASAN)/build.ninja || { rm -rf $(ASAN); \
		$(MESON) $(ASAN) userspace $(TESTS) -Db_sanitize=address,undefined -Db_lundef=false; }
	@ninja -C $(ASAN)

fuzzers:
	@tests/setup/packages.sh build test
	@[ -e $(FUZZ)/build.ninja ] || CC=clang $(MESON) $(FUZZ) userspace -Dfuzz=enabled \
		-Db_sanitize=address,undefined -Db_lundef=false
	@ninja -C $(FUZZ)

demo: host
	@tests/setup/demo.sh

check: tests
	@$(RUN_TESTS) form=tests/check host=$(HOST)

# The emulated machine: QEMU, kernels, driver, root file system, userspace for it.
machine: tests
	@tests/vm/prepare.sh $(HOST)

test: tests asan fuzzers machine
	@$(RUN_TESTS) form=tests/check fuzz=tests/fuzz host=$(HOST) asan=$(ASAN) qtest=tests/qemu/qtest \
		vm=tests/vm/selftest.sh vm=tests/vm/checks vm=tests/vm/groups igt=tests/igt/whole.sh igt=tests/igt/part.sh \
		igt=tests/igt/coherency.sh $(DEBUG_GROUPS:%=debug=tests/vm/debug/%.sh)

test-debug: machine
	@$(RUN_TESTS) debug=tests/vm/debug igt=tests/igt/debug

fuzz: fuzzers
	@FUZZ_SECONDS=$(FUZZ_SECONDS) $(RUN_TESTS) fuzz=tests/fuzz

bench: host
	@ninja -C $(HOST) tools/bench vm-client
	@tests/bench/bench.sh
	@tests/bench/machine.sh $(HOST)

mutate:
	@tests/mutate/run.sh $(WORD)

gen:
	@python3 include/npu/gen.py
	@python3 Documentation/images/draw.py
	@python3 Documentation/userspace/operators.py

golden: host
	@tests/golden/regenerate.sh $(HOST)

vm:
	@tests/vm/run.sh

modules:
ifdef KDIR
	@mkdir -p build/modules
	$(MAKE) -C $(KDIR) M=$(CURDIR) MO=$(CURDIR)/build/modules modules
else
	@tests/vm/modules.sh
endif

export:
	@[ -n "$(KDIR)" ] || { echo "make export: say which kernel: KDIR=/path/to/a/kernel/tree" >&2; exit 2; }
	@tests/setup/export.sh $(KDIR)

clean:
	rm -rf build

endif
