// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-verdict.c - record verdicts on user pointers
 *
 * Each verdict is a trace event. The last ones are in debugfs, and VIDIOC_LOG_STATUS
 * prints how many there were of each kind.
 */

#include <linux/debugfs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "vipin-compat.h"
#include "vipin.h"

#define CREATE_TRACE_POINTS
#include "vipin-trace.h"

static const char * const vipin_deciders[VIPIN_DECIDERS] = { VIPIN_DECIDER_NAMES };
static const char * const vipin_reasons[VIPIN_REASONS] = { VIPIN_REASON_NAMES };

static struct dentry *vipin_debugfs;

/**
 * vipin_verdict_set() - set decider, reason and sentence of a verdict
 * @verdict:	the verdict; its offset becomes unknown, and pinned_for_writing false
 * @by:		what decided
 * @reason:	the reason
 * @format:	the sentence; a constant one if @reason is %VIPIN_REASON_PINNED
 */
void vipin_verdict_set(struct vipin_verdict *verdict, enum vipin_decider by,
		       enum vipin_reason reason, const char *format, ...)
{
	va_list args;

	verdict->by = by;
	verdict->reason = reason;
	verdict->offset_known = false;
	verdict->pinned_for_writing = false;
	/* QBUF of a good pointer should be fast, so do not parse a constant sentence. */
	if (reason == VIPIN_REASON_PINNED) {
		strscpy(verdict->sentence, format, sizeof(verdict->sentence));
		return;
	}
	va_start(args, format);
	vsnprintf(verdict->sentence, sizeof(verdict->sentence), format, args);
	va_end(args);
}

/**
 * vipin_verdict_set_offset() - set the first byte that was refused
 * @verdict:	the verdict, after vipin_verdict_set()
 * @offset:	bytes from the pointer to that byte
 */
void vipin_verdict_set_offset(struct vipin_verdict *verdict, unsigned long offset)
{
	verdict->offset = offset;
	verdict->offset_known = true;
}

#define VIPIN_MAX_KEYS	256

/* Print a verdict for programs, as "policy=... reason=...". */
static void vipin_verdict_keys(const struct vipin_verdict *verdict, char keys[VIPIN_MAX_KEYS])
{
	size_t used;

	used = scnprintf(keys, VIPIN_MAX_KEYS, "policy=%s direction=%s ",
			 vipin_policy_name(verdict->policy),
			 verdict->write ? "capture" : "output");
	used += scnprintf(keys + used, VIPIN_MAX_KEYS - used,
			  verdict->by_fd ? "dmabuf=%ld" : "userptr=0x%lx", verdict->vaddr);
	used += scnprintf(keys + used, VIPIN_MAX_KEYS - used,
			  " length=%lu errno=%d reason=%s by=%s", verdict->size, verdict->err,
			  vipin_reasons[verdict->reason], vipin_deciders[verdict->by]);
	if (verdict->offset_known)
		used += scnprintf(keys + used, VIPIN_MAX_KEYS - used, " offset=0x%lx",
				  verdict->offset);
	if (verdict->pinned_for_writing)
		scnprintf(keys + used, VIPIN_MAX_KEYS - used, " pinned_for_writing=1");
}

static noinline_for_stack void vipin_verdict_trace(struct vipin_node *node,
						   const struct vipin_verdict *verdict)
{
	char keys[VIPIN_MAX_KEYS];

	vipin_verdict_keys(verdict, keys);
	trace_vipin_userptr(video_device_node_name(&node->vdev), verdict, keys);
}

/**
 * vipin_verdict_record() - record a verdict for debugfs, and trace it
 * @node:	the node
 * @verdict:	the verdict; its serial number is set here
 */
void vipin_verdict_record(struct vipin_node *node, struct vipin_verdict *verdict)
{
	spin_lock(&node->verdicts_lock);
	verdict->serial = ++node->nr_verdicts;
	node->decided[verdict->by]++;
	node->verdicts[verdict->serial % VIPIN_VERDICTS] = *verdict;
	spin_unlock(&node->verdicts_lock);
	if (verdict->err)
		node->refused = true;
	if (trace_vipin_userptr_enabled())
		vipin_verdict_trace(node, verdict);
}

static void vipin_verdict_print(struct seq_file *m, const struct vipin_verdict *verdict)
{
	char keys[VIPIN_MAX_KEYS];

	vipin_verdict_keys(verdict, keys);
	seq_printf(m, "#%llu %s: %s\n", verdict->serial, keys, verdict->sentence);
}

/*
 * debugfs: vipin/videoN/verdicts, oldest first. Printing is too slow to hold a spinlock,
 * so print a copy, which also is consistent while new verdicts are recorded.
 */
static int vipin_verdicts_show(struct seq_file *m, void *unused)
{
	struct vipin_node *node = m->private;
	struct vipin_verdict *verdicts;
	u64 serial, last;

	verdicts = kvmalloc_objs(*verdicts, VIPIN_VERDICTS);
	if (!verdicts)
		return -ENOMEM;

	spin_lock(&node->verdicts_lock);
	last = node->nr_verdicts;
	memcpy(verdicts, node->verdicts, sizeof(node->verdicts));
	spin_unlock(&node->verdicts_lock);

	serial = last > VIPIN_VERDICTS ? last - VIPIN_VERDICTS + 1 : 1;
	for (; serial <= last; serial++)
		vipin_verdict_print(m, &verdicts[serial % VIPIN_VERDICTS]);
	kvfree(verdicts);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vipin_verdicts);

/**
 * vipin_verdict_log() - log the number of verdicts by decider, for VIDIOC_LOG_STATUS
 * @node:	the node
 */
void vipin_verdict_log(struct vipin_node *node)
{
	u64 decided[VIPIN_DECIDERS];
	unsigned int i;
	u64 nr;

	/* Copy under the lock, to get consistent values, also of u64 on 32-bit kernels. */
	spin_lock(&node->verdicts_lock);
	nr = node->nr_verdicts;
	memcpy(decided, node->decided, sizeof(decided));
	spin_unlock(&node->verdicts_lock);

	v4l2_info(&node->parent->v4l2_dev, "user pointers: %llu, policy %s\n", nr,
		  vipin_policy_name(node->policy));
	for (i = 0; i < VIPIN_DECIDERS; i++)
		v4l2_info(&node->parent->v4l2_dev, "  %s: %llu\n", vipin_deciders[i],
			  decided[i]);
	v4l2_info(&node->parent->v4l2_dev, "  pinned again, as the mapping had changed or another process queued: %llu\n",
		  node->repinned);
}

/**
 * vipin_verdict_create() - create the debugfs directory of a node
 * @node:	the node; the caller removes &vipin_node.debugfs with
 *		debugfs_remove_recursive()
 */
void vipin_verdict_create(struct vipin_node *node)
{
	node->debugfs = debugfs_create_dir(video_device_node_name(&node->vdev),
					   vipin_debugfs);
	debugfs_create_file("verdicts", 0400, node->debugfs, node,
			    &vipin_verdicts_fops);
}

/**
 * vipin_verdict_link() - create the debugfs directory of a metadata node: a link to that of the
 * capture node, with which it shares its verdicts and its pins
 * @node:	the metadata node
 */
void vipin_verdict_link(struct vipin_node *node)
{
	node->debugfs = debugfs_create_symlink(video_device_node_name(&node->vdev), vipin_debugfs,
					       video_device_node_name(&vipin_pin_node(node)->vdev));
}

/**
 * vipin_verdict_init() - create the debugfs directory vipin
 */
void vipin_verdict_init(void)
{
	vipin_debugfs = debugfs_create_dir("vipin", NULL);
}

/**
 * vipin_verdict_exit() - remove the debugfs directory vipin
 */
void vipin_verdict_exit(void)
{
	debugfs_remove_recursive(vipin_debugfs);
}
