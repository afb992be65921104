// SPDX-License-Identifier: GPL-2.0-only
/*
 * gst-scene - change a running pipeline as gst-launch cannot, and verify its frames
 *
 * Pauses the pipeline, changes its caps or restarts it, and checks the stamp of each frame
 * that arrives.
 */
#include <endian.h>
#include <gst/gst.h>
#include <stdbool.h>
#include <string.h>

#include "common/macros.h"
#include "common/number.h"
#include "common/stamp.h"

/* This is long enough for an emulated machine. */
#define TIME_LIMIT	(30 * G_USEC_PER_SEC)
#define PAUSE		(G_USEC_PER_SEC / 2)

#define MAX_FRAMES	1000000

static const char usage[] =
	"Usage: gst-scene SCENE FRAMES PIPELINE...\n"
	"Plays the pipeline, whose last element must be named 'sink', and verifies all frames\n"
	"that arrive there. After FRAMES frames it does one of these:\n"
	"  pause    pause for half a second, and continue\n"
	"  resize   set another size in the capsfilter named 'caps', and later the old one\n"
	"  restart  stop (state NULL), and play again\n"
	"After FRAMES more frames it sends an end of stream, and waits until that arrives.\n";

struct stage {
	GstElement *pipeline;
	guint wanted;
	gint frames;
	gint bad;
	gint sizes;
	gsize last_size;
};

static GstPadProbeReturn verify_frame(GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
	GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER(info);
	struct stage *stage = data;
	struct vipin_stamp stamp;
	GstMapInfo map;
	char why[128];

	(void)pad;
	if (!gst_buffer_map(buffer, &map, GST_MAP_READ)) {
		g_printerr("a frame cannot be mapped\n");
		g_atomic_int_inc(&stage->bad);
		return GST_PAD_PROBE_OK;
	}
	if (map.size < sizeof(stamp) ||
	    !stamp_agrees(map.data, map.size, &stamp, why, sizeof(why))) {
		g_printerr("a frame of %zu bytes: %s\n", map.size, why);
		g_atomic_int_inc(&stage->bad);
	}
	if (map.size != stage->last_size)
		g_atomic_int_inc(&stage->sizes);
	stage->last_size = map.size;
	gst_buffer_unmap(buffer, &map);
	g_atomic_int_inc(&stage->frames);
	return GST_PAD_PROBE_OK;
}

/* End the program if an error was posted. */
static void expect_no_error(struct stage *stage)
{
	GstBus *bus = gst_element_get_bus(stage->pipeline);
	GstMessage *message = gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR);
	GError *error;
	char *debug;

	gst_object_unref(bus);
	if (!message)
		return;
	gst_message_parse_error(message, &error, &debug);
	g_printerr("%s: %s\n%s\n", GST_OBJECT_NAME(GST_MESSAGE_SRC(message)), error->message,
		   debug);
	exit(1);
}

static void wait_for_frames(struct stage *stage, gint more)
{
	gint wanted = g_atomic_int_get(&stage->frames) + more;
	gint64 end = g_get_monotonic_time() + TIME_LIMIT;

	while (g_atomic_int_get(&stage->frames) < wanted) {
		expect_no_error(stage);
		if (g_get_monotonic_time() > end) {
			g_printerr("only %d frames arrived\n", stage->frames);
			exit(1);
		}
		g_usleep(G_USEC_PER_SEC / 100);
	}
}

static void change_state(struct stage *stage, GstState state)
{
	if (gst_element_set_state(stage->pipeline, state) == GST_STATE_CHANGE_FAILURE ||
	    gst_element_get_state(stage->pipeline, NULL, NULL, TIME_LIMIT * GST_USECOND) ==
	    GST_STATE_CHANGE_FAILURE) {
		expect_no_error(stage);
		g_printerr("the state does not become %s\n", gst_element_state_get_name(state));
		exit(1);
	}
}

static void scene_pause(struct stage *stage)
{
	gint before;

	change_state(stage, GST_STATE_PAUSED);
	/* A frame may still be on its way. */
	g_usleep(PAUSE / 2);
	before = g_atomic_int_get(&stage->frames);
	g_usleep(PAUSE / 2);
	if (g_atomic_int_get(&stage->frames) != before) {
		g_printerr("frames arrive while it is paused\n");
		exit(1);
	}
	change_state(stage, GST_STATE_PLAYING);
}

static void set_size(struct stage *stage, int width, int height)
{
	GstElement *filter = gst_bin_get_by_name(GST_BIN(stage->pipeline), "caps");
	GstCaps *caps;

	g_object_get(filter, "caps", &caps, NULL);
	caps = gst_caps_make_writable(caps);
	gst_caps_set_simple(caps, "width", G_TYPE_INT, width, "height", G_TYPE_INT, height,
			    NULL);
	g_object_set(filter, "caps", caps, NULL);
	gst_caps_unref(caps);
	gst_object_unref(filter);
}

static void wait_for_size(struct stage *stage, gint sizes)
{
	gint64 end = g_get_monotonic_time() + TIME_LIMIT;

	while (g_atomic_int_get(&stage->sizes) < sizes) {
		expect_no_error(stage);
		if (g_get_monotonic_time() > end) {
			g_printerr("no frames of another size arrive\n");
			exit(1);
		}
		g_usleep(G_USEC_PER_SEC / 100);
	}
}

static void scene_resize(struct stage *stage)
{
	set_size(stage, 640, 480);
	wait_for_size(stage, 2);
	wait_for_frames(stage, stage->wanted);
	set_size(stage, 320, 240);
	wait_for_size(stage, 3);
}

static void scene_restart(struct stage *stage)
{
	change_state(stage, GST_STATE_NULL);
	change_state(stage, GST_STATE_PLAYING);
}

static const struct {
	const char *name;
	void (*play)(struct stage *stage);
} scenes[] = {
	{ "pause", scene_pause },
	{ "resize", scene_resize },
	{ "restart", scene_restart },
};

static void end_stream(struct stage *stage)
{
	GstBus *bus = gst_element_get_bus(stage->pipeline);
	GstMessage *message;

	gst_element_send_event(stage->pipeline, gst_event_new_eos());
	message = gst_bus_timed_pop_filtered(bus, TIME_LIMIT * GST_USECOND,
					     GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
	if (!message || GST_MESSAGE_TYPE(message) != GST_MESSAGE_EOS) {
		g_printerr("the end of the stream does not arrive\n");
		exit(1);
	}
	gst_message_unref(message);
	gst_object_unref(bus);
}

static void play(struct stage *stage, void (*scene)(struct stage *stage))
{
	GstElement *sink = gst_bin_get_by_name(GST_BIN(stage->pipeline), "sink");
	GstPad *pad = gst_element_get_static_pad(sink, "sink");

	gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, verify_frame, stage, NULL);
	change_state(stage, GST_STATE_PLAYING);
	wait_for_frames(stage, stage->wanted);
	scene(stage);
	wait_for_frames(stage, stage->wanted);
	end_stream(stage);
	change_state(stage, GST_STATE_NULL);
	gst_object_unref(pad);
	gst_object_unref(sink);
}

int main(int argc, char **argv)
{
	struct stage stage = { };
	unsigned long wanted = 0;
	size_t i;

	gst_init(&argc, &argv);
	for (i = 0; i < ARRAY_SIZE(scenes); i++)
		if (argc > 3 && !strcmp(argv[1], scenes[i].name) &&
		    number_parse(argv[2], 0, MAX_FRAMES, &wanted))
			break;
	if (i == ARRAY_SIZE(scenes)) {
		g_printerr("%s", usage);
		return 2;
	}
	stage.wanted = wanted;
	stage.pipeline = gst_parse_launchv((const char **)argv + 3, NULL);
	if (!stage.pipeline) {
		g_printerr("this pipeline cannot be made\n");
		return 2;
	}
	play(&stage, scenes[i].play);
	gst_object_unref(stage.pipeline);
	g_print("%d frames, %d bad\n", stage.frames, stage.bad);
	gst_deinit();
	return stage.bad ? 1 : 0;
}
