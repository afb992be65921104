// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-file.c - file operations: vb2's, each followed by an update of the controls,
 * which show whether buffers exist
 */

#include "vipin-compat.h"
#include "vipin.h"

static void vipin_file_update(struct vipin_node *node)
{
	/*
	 * Do not take the lock a second time when nothing has changed. A change by
	 * another task after this is that task's to show.
	 */
	if (vipin_has_buffers(&node->queue) == READ_ONCE(node->policy_grabbed))
		return;
	mutex_lock(&node->lock);
	vipin_ctrls_update(node);
	mutex_unlock(&node->lock);
}

/**
 * vipin_file_read() - captured frames by read()
 * @file:	open file of a capture node
 * @data:	where they go
 * @count:	how many bytes
 * @pos:	not used
 *
 * Return: how many bytes were read, -ENODEV if the device was unbound meanwhile, or
 * what vb2_fop_read() returns.
 */
ssize_t vipin_file_read(struct file *file, char __user *data, size_t count,
			loff_t *pos)
{
	struct vipin_node *node = video_drvdata(file);
	ssize_t ret = vipin_result(node, vb2_fop_read(file, data, count, pos));

	vipin_file_update(node);
	return ret;
}

/**
 * vipin_file_write() - frames for an output node by write()
 * @file:	open file of an output node
 * @data:	where they are
 * @count:	how many bytes
 * @pos:	not used
 *
 * Return: how many bytes were written, -ENODEV if the device was unbound meanwhile,
 * or what vb2_fop_write() returns.
 */
ssize_t vipin_file_write(struct file *file, const char __user *data, size_t count,
			 loff_t *pos)
{
	struct vipin_node *node = video_drvdata(file);
	ssize_t ret = vipin_result(node, vb2_fop_write(file, data, count, pos));

	vipin_file_update(node);
	return ret;
}

/**
 * vipin_file_poll() - wait for a frame, or for room for one
 * @file:	open file of a node; where no buffers exist, vb2 prepares read() or
 *		write() for it
 * @wait:	the caller's table
 *
 * Return: a mask of EPOLL*.
 */
__poll_t vipin_file_poll(struct file *file, poll_table *wait)
{
	struct vipin_node *node = video_drvdata(file);
	__poll_t ret = vb2_fop_poll(file, wait);

	vipin_file_update(node);
	return ret;
}

/**
 * vipin_file_release() - the last close(); the file's buffers are freed
 * @file:	open file of a node
 *
 * Return: 0
 */
int vipin_file_release(struct file *file)
{
	/* The caller, v4l2_release(), keeps the node until after this. */
	struct vipin_node *node = video_drvdata(file);
	int ret = vb2_fop_release(file);

	vipin_file_update(node);
	return ret;
}
