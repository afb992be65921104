// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-file.c - file operations: each calls the operation of vb2, and then updates the
 * controls, which depend on whether buffers exist
 */

#include "vipin-compat.h"
#include "vipin.h"

static void vipin_file_update(struct vipin_node *node)
{
	mutex_lock(node->vdev.lock);
	vipin_ctrls_update(node);
	mutex_unlock(node->vdev.lock);
}

/*
 * Update the controls after a call that may only have allocated buffers. If the control is
 * grabbed already, do not take the lock a second time. Only the lock protects the queue
 * itself: vb2 frees the bitmap of its buffers when another task releases it.
 */
static void vipin_file_may_have_buffers(struct vipin_node *node)
{
	if (!READ_ONCE(vipin_pin_node(node)->policy_grabbed))
		vipin_file_update(node);
}

/**
 * vipin_file_read() - read captured frames
 * @file:	open file of a capture node
 * @data:	the program's buffer
 * @count:	its length in bytes
 * @pos:	not used
 *
 * Return: the number of bytes read, -ENODEV if the device was unbound meanwhile, or the
 * error of vb2_fop_read().
 */
ssize_t vipin_file_read(struct file *file, char __user *data, size_t count,
			loff_t *pos)
{
	struct vipin_node *node = video_drvdata(file);
	ssize_t ret = vipin_result(node, vb2_fop_read(file, data, count, pos));

	vipin_file_may_have_buffers(node);
	return ret;
}

/**
 * vipin_file_write() - write frames to an output node
 * @file:	open file of an output node
 * @data:	the program's data
 * @count:	its length in bytes
 * @pos:	not used
 *
 * Return: the number of bytes written, -ENODEV if the device was unbound meanwhile, or
 * the error of vb2_fop_write().
 */
ssize_t vipin_file_write(struct file *file, const char __user *data, size_t count,
			 loff_t *pos)
{
	struct vipin_node *node = video_drvdata(file);
	ssize_t ret = vipin_result(node, vb2_fop_write(file, data, count, pos));

	vipin_file_may_have_buffers(node);
	return ret;
}

/**
 * vipin_file_poll() - wait until a buffer can be dequeued
 * @file:	open file of a node
 * @wait:	the caller's poll table
 *
 * If no buffers exist, vb2 allocates them for read() or write().
 *
 * Return: a mask of EPOLL* bits.
 */
__poll_t vipin_file_poll(struct file *file, poll_table *wait)
{
	struct vipin_node *node = video_drvdata(file);
	__poll_t ret = vb2_fop_poll(file, wait);

	vipin_file_may_have_buffers(node);
	return ret;
}

/**
 * vipin_file_release() - free the buffers of a file after its last close()
 * @file:	the file
 *
 * Return: 0
 */
int vipin_file_release(struct file *file)
{
	/* v4l2_release() calls this function and keeps the node until it returns. */
	struct vipin_node *node = video_drvdata(file);
	int ret = vb2_fop_release(file);

	vipin_file_update(node);
	return ret;
}
