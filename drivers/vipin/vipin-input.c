// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-input.c - the inputs of a capture node: which ones a device has, and the ioctls that
 * choose between them
 *
 * Each kind of input has a row in a table. An output node and a memory-to-memory node offer the
 * same sizes as a camera.
 */

#include <linux/string.h>
#include <linux/sysfs.h>

#include "vipin-compat.h"
#include "vipin.h"

static bool vipin_size_ok(u32 size, u32 max)
{
	return size == vipin_size_adjust(size, max);
}

/* A camera has any even size, and any time per frame. */
static int vipin_camera_enum_size(struct v4l2_area max, struct v4l2_frmsizeenum *size)
{
	if (size->index)
		return -EINVAL;
	size->type = V4L2_FRMSIZE_TYPE_STEPWISE;
	size->stepwise = (struct v4l2_frmsize_stepwise){
		.min_width = VIPIN_MIN_SIZE,
		.max_width = max.width,
		.step_width = VIPIN_SIZE_STEP,
		.min_height = VIPIN_MIN_SIZE,
		.max_height = max.height,
		.step_height = VIPIN_SIZE_STEP,
	};
	return 0;
}

static int vipin_camera_enum_interval(struct vipin_node *node, struct v4l2_area max,
				      struct v4l2_frmivalenum *ival)
{
	if (ival->index || !vipin_size_ok(ival->width, max.width) ||
	    !vipin_size_ok(ival->height, max.height))
		return -EINVAL;
	ival->type = V4L2_FRMIVAL_TYPE_CONTINUOUS;
	ival->stepwise = (struct v4l2_frmival_stepwise){
		.min = { 1, VIPIN_MAX_FPS },
		.max = { 1, 1 },
		.step = { 1, 1 },
	};
	return 0;
}

static void vipin_camera_adjust_interval(struct vipin_node *node, struct v4l2_fract *interval)
{
	vipin_interval_adjust(interval);
}

static const struct vipin_input_kind vipin_input_camera = {
	.name			= "camera",
	.label			= VIPIN_INPUT_NAME,
	.selects		= true,
	.adjust_interval	= vipin_camera_adjust_interval,
	.enum_size		= vipin_camera_enum_size,
	.enum_interval		= vipin_camera_enum_interval,
};

/**
 * vipin_one_enum_size() - VIDIOC_ENUM_FRAMESIZES of an input that has one size
 * @max:	the size
 * @size:	filled in
 *
 * Return: 0, or -EINVAL after the first size.
 */
int vipin_one_enum_size(struct v4l2_area max, struct v4l2_frmsizeenum *size)
{
	if (size->index)
		return -EINVAL;
	size->type = V4L2_FRMSIZE_TYPE_DISCRETE;
	size->discrete.width = max.width;
	size->discrete.height = max.height;
	return 0;
}

/**
 * vipin_one_enum_interval() - VIDIOC_ENUM_FRAMEINTERVALS of an input that has one size
 * @node:	the node
 * @max:	the size
 * @ival:	filled in
 *
 * Return: 0, or -EINVAL for another size, and after the first interval.
 */
int vipin_one_enum_interval(struct vipin_node *node, struct v4l2_area max,
			    struct v4l2_frmivalenum *ival)
{
	if (ival->index || ival->width != max.width || ival->height != max.height)
		return -EINVAL;
	ival->type = V4L2_FRMIVAL_TYPE_DISCRETE;
	ival->discrete = vipin_interval(node);
	return 0;
}

static void vipin_looped_adjust_interval(struct vipin_node *node, struct v4l2_fract *interval)
{
	*interval = vipin_interval(node);
}

/* With loopback, the output node sets the size, and has the only clock. */
static const struct vipin_input_kind vipin_input_looped = {
	.label			= VIPIN_INPUT_NAME,
	.adjust_interval	= vipin_looped_adjust_interval,
	.enum_size		= vipin_one_enum_size,
	.enum_interval		= vipin_one_enum_interval,
};

static const struct vipin_input_kind * const vipin_input_kinds[] = {
	[VIPIN_INPUT_CAMERA]	= &vipin_input_camera,
	[VIPIN_INPUT_WEBCAM]	= &vipin_input_webcam,
	[VIPIN_INPUT_HDMI]	= &vipin_input_hdmi,
	[VIPIN_INPUT_TV]	= &vipin_input_tv,
};

static int vipin_input_by_name(const char *name, size_t len)
{
	unsigned int i;

	for (i = 0; i < VIPIN_INPUTS; i++)
		if (strlen(vipin_input_kinds[i]->name) == len &&
		    !strncmp(vipin_input_kinds[i]->name, name, len))
			return i;
	return -EINVAL;
}

static bool vipin_inputs_have(const struct vipin_inputs *inputs, enum vipin_input input)
{
	return memchr(inputs->kinds, input, inputs->count);
}

/**
 * vipin_inputs_parse() - select inputs by their names
 * @inputs:	replaced; they stay as they are after an error
 * @names:	"camera", "webcam", "hdmi" and "tv" in any order, with commas or blanks between them
 *
 * Two inputs of one kind would offer the same, so each kind is there once at most.
 *
 * Return: 0, or -EINVAL for another name, a name that is there twice, or no name.
 */
int vipin_inputs_parse(struct vipin_inputs *inputs, const char *names)
{
	static const char separators[] = ", \t\n";
	struct vipin_inputs parsed = { };
	size_t len;
	int input;

	for (names += strspn(names, separators); *names; names += strspn(names, separators)) {
		len = strcspn(names, separators);
		input = vipin_input_by_name(names, len);
		if (input < 0 || vipin_inputs_have(&parsed, input))
			return -EINVAL;
		parsed.kinds[parsed.count++] = input;
		names += len;
	}
	if (!parsed.count)
		return -EINVAL;
	*inputs = parsed;
	return 0;
}

/**
 * vipin_inputs_print() - print the names of inputs
 * @inputs:	the inputs
 * @page:	filled in with a line that vipin_inputs_parse() reads; a page
 *
 * Return: the length of the line in bytes.
 */
ssize_t vipin_inputs_print(const struct vipin_inputs *inputs, char *page)
{
	unsigned int i;
	int len = 0;

	for (i = 0; i < inputs->count; i++)
		len += sysfs_emit_at(page, len, "%s%s", i ? "," : "",
				     vipin_input_kinds[inputs->kinds[i]]->name);
	return len + sysfs_emit_at(page, len, "\n");
}

/**
 * vipin_input_find() - find an input of a node
 * @node:	the node
 * @input:	the kind of input
 *
 * Return: the number of the input, or -ENOENT if the node does not have it.
 */
int vipin_input_find(const struct vipin_node *node, enum vipin_input input)
{
	const struct vipin_inputs *inputs = &node->parent->config.inputs;
	unsigned int i;

	if (node != node->parent->capture || vipin_is_m2m(node))
		return -ENOENT;
	for (i = 0; i < inputs->count; i++)
		if (inputs->kinds[i] == input)
			return i;
	return -ENOENT;
}

static void vipin_input_set(struct vipin_node *node, unsigned int index)
{
	node->input = index;
	node->kind = vipin_input_kinds[node->parent->config.inputs.kinds[index]];
	/* The V4L2 core enumerates them. */
	node->vdev.tvnorms = node->kind->standards;
}

/**
 * vipin_input_init() - choose the first input
 * @node:	any node, whose parent and direction are set. Only a capture node has inputs
 */
void vipin_input_init(struct vipin_node *node)
{
	node->std = V4L2_STD_PAL;
	if (node != node->parent->capture || vipin_is_m2m(node))
		node->kind = &vipin_input_camera;
	else if (node->loop)
		node->kind = &vipin_input_looped;
	else
		vipin_input_set(node, 0);
	if (vipin_has_hdmi(node))
		vipin_hdmi_init(node);
}

/**
 * vipin_input_adjust() - adjust a requested format to one that the current input has
 * @node:	a node without loopback, not memory-to-memory; its lock is held
 * @pix:	the request, as for vipin_format_adjust()
 */
void vipin_input_adjust(struct vipin_node *node, struct v4l2_pix_format *pix)
{
	const struct vipin_offer offer = vipin_offer(node);
	const u32 type = node->queue.type;
	const u32 field = node->kind->adjust_field ? node->kind->adjust_field(pix->field) :
						     V4L2_FIELD_NONE;
	const struct vipin_format *format = vipin_format_choose(&offer, type, pix->pixelformat);

	pix->field = field;
	if (node->kind->adjust_size)
		node->kind->adjust_size(vipin_size_limit(format, offer.max), pix);
	vipin_format_adjust(pix, type, &offer);
	pix->field = field;
}

/**
 * vipin_input_apply() - give a node the size and the time per frame of its current input
 * @node:	a capture node without loopback and without buffers; its lock is held, or it is not
 *		registered yet
 */
void vipin_input_apply(struct vipin_node *node)
{
	/* The padding was that of the last size. */
	node->pix.bytesperline = 0;
	vipin_input_adjust(node, &node->pix);
	vipin_select_all(node);
	vipin_interval_set(node, vipin_interval(node));
}

/**
 * vipin_input_is_live() - do frames come from the current input?
 * @node:	the node, which streams
 *
 * Return: false while there is no signal, or another one than the program has set.
 */
bool vipin_input_is_live(const struct vipin_node *node)
{
	return !node->kind->is_live || node->kind->is_live(node);
}

/**
 * vipin_interval() - get the time per frame of a node
 * @node:	the node. With loopback, an output node has the only clock
 *
 * Return: the time in seconds.
 */
struct v4l2_fract vipin_interval(struct vipin_node *node)
{
	struct v4l2_fract interval;

	if (vipin_is_loop_sink(node))
		return vipin_loop_interval(node);
	spin_lock(&node->buffers_lock);
	interval = node->interval;
	spin_unlock(&node->buffers_lock);
	return interval;
}

static void vipin_interval_store(struct vipin_node *node, const struct v4l2_fract *interval)
{
	spin_lock(&node->buffers_lock);
	node->interval = *interval;
	spin_unlock(&node->buffers_lock);
	wake_up(&node->wake);
}

/**
 * vipin_interval_set() - set the time per frame of a node; a metadata node gets that of the
 * capture node
 * @node:	the node
 * @interval:	the time in seconds; it is adjusted to one that the current input has
 *
 * As in vivid, this is allowed while streaming: the frame thread applies it.
 */
void vipin_interval_set(struct vipin_node *node, struct v4l2_fract interval)
{
	node->kind->adjust_interval(node, &interval);
	vipin_interval_store(node, &interval);
	if (node->parent->meta && node == node->parent->capture)
		vipin_interval_store(node->parent->meta, &interval);
	if (vipin_is_loop_source(node))
		vipin_loop_set_interval(node, &interval);
}

/**
 * vipin_enum_input() - VIDIOC_ENUMINPUT
 * @file:	the open file of a capture node
 * @fh:		not used
 * @input:	its index is set; the rest is filled in
 *
 * Return: 0, or -EINVAL after the last input.
 */
int vipin_enum_input(struct file *file, void *fh, struct v4l2_input *input)
{
	struct vipin_node *node = video_drvdata(file);
	const struct vipin_inputs *inputs = &node->parent->config.inputs;
	const struct vipin_input_kind *kind;

	if (input->index >= inputs->count)
		return -EINVAL;
	kind = vipin_input_kinds[inputs->kinds[input->index]];
	strscpy(input->name, kind->label, sizeof(input->name));
	input->type = V4L2_INPUT_TYPE_CAMERA;
	input->capabilities = kind->capabilities;
	input->std = kind->standards;
	if (kind->status)
		input->status = kind->status(node);
	return 0;
}

/**
 * vipin_g_input() - VIDIOC_G_INPUT
 * @file:	the open file of a capture node
 * @fh:		not used
 * @index:	set to the number of the current input
 *
 * Return: 0
 */
int vipin_g_input(struct file *file, void *fh, unsigned int *index)
{
	struct vipin_node *node = video_drvdata(file);

	*index = node->input;
	return 0;
}

/**
 * vipin_s_input() - VIDIOC_S_INPUT
 * @file:	the open file of a capture node
 * @fh:		not used
 * @index:	number of the input
 *
 * The pixel format stays. The size and the time per frame become those of the new input that are
 * nearest to the old ones.
 *
 * Return: 0, -EINVAL if there is no such input, or -EBUSY if the node has buffers, whose size is
 * that of the current input.
 */
int vipin_s_input(struct file *file, void *fh, unsigned int index)
{
	struct vipin_node *node = video_drvdata(file);

	if (index >= node->parent->config.inputs.count)
		return -EINVAL;
	if (index == node->input)
		return 0;
	if (vb2_is_busy(&node->queue))
		return -EBUSY;
	vipin_input_set(node, index);
	vipin_input_apply(node);
	return 0;
}
