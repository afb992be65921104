/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vipin

#if !defined(_VIPIN_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _VIPIN_TRACE_H

#include <linux/tracepoint.h>

#include "vipin-compat.h"

/*
 * vipin_userptr - a verdict on a user pointer, or on a dma-buf that was refused. Prints the
 * same keys as debugfs. The other fields are for filters.
 */
TRACE_EVENT(vipin_userptr,
	TP_PROTO(const char *node, const struct vipin_verdict *verdict, const char *keys),
	TP_ARGS(node, verdict, keys),
	TP_STRUCT__entry(
		__string(node, node)
		__field(u64, serial)
		__field(bool, by_fd)
		__field(unsigned long, vaddr)
		__field(unsigned long, size)
		__field(bool, write)
		__field(int, err)
		__field(unsigned int, by)
		__field(unsigned int, reason)
		__string(keys, keys)
		__string(sentence, verdict->sentence)
	),
	TP_fast_assign(
		vipin_assign_str(node, node);
		__entry->serial = verdict->serial;
		__entry->by_fd = verdict->by_fd;
		__entry->vaddr = verdict->vaddr;
		__entry->size = verdict->size;
		__entry->write = verdict->write;
		__entry->err = verdict->err;
		__entry->by = verdict->by;
		__entry->reason = verdict->reason;
		vipin_assign_str(keys, keys);
		vipin_assign_str(sentence, verdict->sentence);
	),
	TP_printk("%s #%llu %s sentence=\"%s\"", __get_str(node), __entry->serial,
		  __get_str(keys), __get_str(sentence))
);

/*
 * vipin_output_frame - an output device has read a frame. The state is "good" if the stamp
 * matches the contents; otherwise it says what is wrong.
 */
TRACE_EVENT(vipin_output_frame,
	TP_PROTO(const char *node, u32 sequence, u32 length, const char *state),
	TP_ARGS(node, sequence, length, state),
	TP_STRUCT__entry(
		__string(node, node)
		__field(u32, sequence)
		__field(u32, length)
		__string(state, state)
	),
	TP_fast_assign(
		vipin_assign_str(node, node);
		__entry->sequence = sequence;
		__entry->length = length;
		vipin_assign_str(state, state);
	),
	TP_printk("%s sequence=%u length=%u state=\"%s\"", __get_str(node),
		  __entry->sequence, __entry->length, __get_str(state))
);

#endif /* _VIPIN_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE vipin-trace
#include <trace/define_trace.h>
