/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Copyright 2026 The rocket authors */

/**
 * DOC: Rockchip IOMMU version 2
 *
 * One register window of the IOMMU in front of an NPU core: registers, commands, the two-level page
 * walk, its TLB, faults and the interrupt. An IOMMU with two windows is two of these, programmed
 * alike by the driver. This model knows no NPU: its owner says when the master is busy, asks for
 * one translation per access and moves the data itself.
 *
 * Source: the register and table facts come from a mainline driver's use of the hardware
 * (soc-integration notes, section 8).
 */
#ifndef RKMMU_H
#define RKMMU_H

#include <stdbool.h>
#include <stdint.h>

/** enum rkmmu_reg - register offsets inside a window, bytes */
enum rkmmu_reg {
	RKMMU_DTE_ADDR		= 0x00,
	RKMMU_STATUS		= 0x04,
	RKMMU_COMMAND		= 0x08,
	RKMMU_PAGE_FAULT_ADDR	= 0x0c,
	RKMMU_ZAP_ONE_LINE	= 0x10,
	RKMMU_INT_RAWSTAT	= 0x14,
	RKMMU_INT_CLEAR		= 0x18,
	RKMMU_INT_MASK		= 0x1c,
	RKMMU_INT_STATUS	= 0x20,
	RKMMU_AUTO_GATING	= 0x24,
};

/** enum rkmmu_command - values of the COMMAND register */
enum rkmmu_command {
	RKMMU_CMD_ENABLE_PAGING,
	RKMMU_CMD_DISABLE_PAGING,
	RKMMU_CMD_ENABLE_STALL,
	RKMMU_CMD_DISABLE_STALL,
	RKMMU_CMD_ZAP_CACHE,
	RKMMU_CMD_PAGE_FAULT_DONE,
	RKMMU_CMD_FORCE_RESET,
	RKMMU_CMD_COUNT
};

#define RKMMU_STATUS_PAGING_ENABLED	(1u << 0)
#define RKMMU_STATUS_PAGE_FAULT_ACTIVE	(1u << 1)
#define RKMMU_STATUS_STALL_ACTIVE	(1u << 2)
#define RKMMU_STATUS_IDLE		(1u << 3)
#define RKMMU_STATUS_REPLAY_EMPTY	(1u << 4)
#define RKMMU_STATUS_FAULT_IS_WRITE	(1u << 5)
#define RKMMU_STATUS_STALL_NOT_ACTIVE	(1u << 31)

#define RKMMU_INT_PAGE_FAULT		(1u << 0)
#define RKMMU_INT_BUS_ERROR		(1u << 1)

#define RKMMU_ENTRY_VALID		(1u << 0)
#define RKMMU_ENTRY_READ		(1u << 1)
#define RKMMU_ENTRY_WRITE		(1u << 2)

#define RKMMU_PAGE_SIZE			4096u
#define RKMMU_WINDOW_SIZE		0x100u

/*
 * Unknown: size and shape of the real TLB. A large direct-mapped one keeps stale entries long
 * enough for a missing zap to be noticed.
 */
#define RKMMU_TLB_LINES			512u

/**
 * enum rkmmu_master - what the bus master behind the window is doing
 * @RKMMU_MASTER_IDLE: nothing; a stall takes effect at once
 * @RKMMU_MASTER_BUSY: a job is in flight; a stall waits, and changes of the window are reported
 * @RKMMU_MASTER_HUNG: a job will never end; a stall waits for ever
 */
enum rkmmu_master {
	RKMMU_MASTER_IDLE,
	RKMMU_MASTER_BUSY,
	RKMMU_MASTER_HUNG,
};

/** enum rkmmu_result - outcome of one translation */
enum rkmmu_result {
	RKMMU_OK,		/* *pa is the translated address */
	RKMMU_BYPASS,		/* paging is off: *pa is the IOVA itself */
	RKMMU_FAULT,		/* page fault is active: the access waits for PAGE_FAULT_DONE */
	RKMMU_BUS_ERROR,	/* the tables themselves could not be read */
	RKMMU_STALLED,		/* stall is active: the access waits for DISABLE_STALL */
};

/** enum rkmmu_cause - why the last page fault was raised; not visible to the guest */
enum rkmmu_cause {
	RKMMU_CAUSE_NONE,
	RKMMU_CAUSE_DTE_INVALID,
	RKMMU_CAUSE_PTE_INVALID,
	RKMMU_CAUSE_NOT_READABLE,
	RKMMU_CAUSE_NOT_WRITABLE,
	RKMMU_CAUSE_COUNT
};

/** enum rkmmu_report - kinds of trouble told to the owner; both fail a test run */
enum rkmmu_report {
	RKMMU_GUEST_ERROR,	/* the driver did something silicon does not allow */
	RKMMU_UNIMP,		/* the driver did something this model does not know */
};

/**
 * struct rkmmu_ops - what the model needs from its owner; all members are required
 * @read_entry: fetch one little-endian table word; false is a bus error
 * @irq: level of the interrupt output, called on changes only
 * @report: one line of text without a newline
 */
struct rkmmu_ops {
	bool (*read_entry)(void *opaque, uint64_t pa, uint32_t *entry);
	void (*irq)(void *opaque, bool level);
	void (*report)(void *opaque, enum rkmmu_report kind, const char *text);
};

/**
 * struct rkmmu_options - behaviour of other silicon, and faults on demand; all off by default
 * @dte_32bit: "v1.0" first level: the directory lies below 4 GiB, bits 11:4 are ignored
 * @reset_stuck: FORCE_RESET does not take
 * @stall_stuck: stall never becomes active
 * @check_stale: compare each TLB hit with the tables and report a missing zap
 */
struct rkmmu_options {
	bool dte_32bit;
	bool reset_stuck;
	bool stall_stuck;
	bool check_stale;
};

struct rkmmu_tlb_line {
	uint32_t page;		/* IOVA with RKMMU_ENTRY_VALID in bit 0 */
	uint32_t pte;
};

/**
 * struct rkmmu - one window; registers are public so that the owner can save and restore them
 * @ops: callbacks
 * @opaque: their first argument
 * @options: may be changed at any time
 * @dte_addr: register, encoded directory address
 * @fault_addr: register, IOVA of the last fault
 * @int_raw: register, RKMMU_INT_* before the mask
 * @int_mask: register
 * @auto_gating: register, without effect
 * @paging: addresses are translated
 * @stall_wanted: ENABLE_STALL was given and not taken back
 * @stalled: the master is held
 * @fault_active: a page fault waits for PAGE_FAULT_DONE
 * @fault_is_write: direction of the last fault
 * @master: set by rkmmu_set_master() only
 * @irq_level: level last told by rkmmu_ops.irq
 * @cause: enum rkmmu_cause of the last fault
 * @tlb: direct-mapped by page number
 */
struct rkmmu {
	const struct rkmmu_ops *ops;
	void *opaque;
	struct rkmmu_options options;

	uint32_t dte_addr;
	uint32_t fault_addr;
	uint32_t int_raw;
	uint32_t int_mask;
	uint32_t auto_gating;
	bool paging;
	bool stall_wanted;
	bool stalled;
	bool fault_active;
	bool fault_is_write;
	enum rkmmu_master master;
	bool irq_level;
	uint32_t cause;
	struct rkmmu_tlb_line tlb[RKMMU_TLB_LINES];
};

/**
 * rkmmu_init() - bring a window to its power-on state
 * @mmu: memory of the window, contents ignored
 * @ops: callbacks, must outlive the window
 * @opaque: first argument of every callback
 */
void rkmmu_init(struct rkmmu *mmu, const struct rkmmu_ops *ops, void *opaque);

/**
 * rkmmu_reset() - power cycle or core reset: all registers and the TLB are lost
 * @mmu: window
 */
void rkmmu_reset(struct rkmmu *mmu);

/**
 * rkmmu_read() - read a register
 * @mmu: window
 * @offset: byte offset inside the window, a multiple of 4 below RKMMU_WINDOW_SIZE
 *
 * Return: the value; 0 with a report for an unknown register.
 */
uint32_t rkmmu_read(struct rkmmu *mmu, uint32_t offset);

/**
 * rkmmu_write() - write a register
 * @mmu: window
 * @offset: as in rkmmu_read()
 * @value: 32 bits
 */
void rkmmu_write(struct rkmmu *mmu, uint32_t offset, uint32_t value);

/**
 * rkmmu_set_master() - the master starts, ends or loses a job
 * @mmu: window
 * @master: what it does now
 *
 * Stall only takes effect on a quiescent master: a request made meanwhile waits for it.
 */
void rkmmu_set_master(struct rkmmu *mmu, enum rkmmu_master master);

/**
 * rkmmu_translate() - walk for one access that does not cross a page
 * @mmu: window
 * @iova: address the master put on the bus
 * @write: the access is a write
 * @pa: physical address, 40 bits; written for RKMMU_OK and RKMMU_BYPASS only
 *
 * A miss in the tables raises the page fault and its interrupt. While a fault or stall is active
 * every access gets that answer again and nothing changes.
 *
 * Return: see enum rkmmu_result.
 */
enum rkmmu_result rkmmu_translate(struct rkmmu *mmu, uint32_t iova, bool write, uint64_t *pa);

/**
 * rkmmu_cause_name() - short text for traces
 * @cause: enum rkmmu_cause
 *
 * Return: a constant string.
 */
const char *rkmmu_cause_name(uint32_t cause);

#endif
