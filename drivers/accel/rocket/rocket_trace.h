/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright 2026 The rocket authors */

#if !defined(_ROCKET_TRACE_H_) || defined(TRACE_HEADER_MULTI_READ)
#define _ROCKET_TRACE_H_

#include <linux/tracepoint.h>
#include <linux/types.h>

#undef TRACE_SYSTEM
#define TRACE_SYSTEM rocket

DECLARE_EVENT_CLASS(rocket_reg,
		    TP_PROTO(unsigned int core, u32 reg, u32 value),
		    TP_ARGS(core, reg, value),
		    TP_STRUCT__entry(__field(unsigned int, core)
				     __field(u32, reg)
				     __field(u32, value)
				     ),
		    TP_fast_assign(__entry->core = core;
				   __entry->reg = reg;
				   __entry->value = value;
				   ),
		    TP_printk("core=%u reg=%#06x value=%#010x",
			      __entry->core, __entry->reg, __entry->value)
);

DEFINE_EVENT(rocket_reg, rocket_reg_read,
	     TP_PROTO(unsigned int core, u32 reg, u32 value),
	     TP_ARGS(core, reg, value)
);

DEFINE_EVENT(rocket_reg, rocket_reg_write,
	     TP_PROTO(unsigned int core, u32 reg, u32 value),
	     TP_ARGS(core, reg, value)
);

TRACE_EVENT(rocket_task_start,
	    TP_PROTO(unsigned int core, u64 client, unsigned int task, unsigned int tasks,
		     u32 regcmd, u32 count),
	    TP_ARGS(core, client, task, tasks, regcmd, count),
	    TP_STRUCT__entry(__field(unsigned int, core)
			     __field(u64, client)
			     __field(unsigned int, task)
			     __field(unsigned int, tasks)
			     __field(u32, regcmd)
			     __field(u32, count)
			     ),
	    TP_fast_assign(__entry->core = core;
			   __entry->client = client;
			   __entry->task = task;
			   __entry->tasks = tasks;
			   __entry->regcmd = regcmd;
			   __entry->count = count;
			   ),
	    TP_printk("core=%u client=%llu task=%u/%u regcmd=%#010x count=%u",
		      __entry->core, __entry->client, __entry->task, __entry->tasks,
		      __entry->regcmd, __entry->count)
);

TRACE_EVENT(rocket_attach,
	    TP_PROTO(unsigned int core, u64 client),
	    TP_ARGS(core, client),
	    TP_STRUCT__entry(__field(unsigned int, core)
			     __field(u64, client)
			     ),
	    TP_fast_assign(__entry->core = core;
			   __entry->client = client;
			   ),
	    TP_printk("core=%u client=%llu", __entry->core, __entry->client)
);

TRACE_EVENT(rocket_recover,
	    TP_PROTO(unsigned int core, int error, bool reset),
	    TP_ARGS(core, error, reset),
	    TP_STRUCT__entry(__field(unsigned int, core)
			     __field(int, error)
			     __field(bool, reset)
			     ),
	    TP_fast_assign(__entry->core = core;
			   __entry->error = error;
			   __entry->reset = reset;
			   ),
	    TP_printk("core=%u error=%d reset=%d", __entry->core, __entry->error, __entry->reset)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE rocket_trace
#include <trace/define_trace.h>
