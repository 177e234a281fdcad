# Copyright 2026 The rocket authors
# SPDX-License-Identifier: MIT
# Devices of the QEMU binary besides what the virt board selects itself.
CONFIG_ARM_VIRT=y
CONFIG_UNIMP=y
CONFIG_VIRTIO_9P=y
CONFIG_VIRTIO_BLK=y
CONFIG_VIRTIO_RNG=y
CONFIG_VIRTIO_SERIAL=y
