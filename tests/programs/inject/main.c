// SPDX-License-Identifier: GPL-2.0-only
/*
 * inject - does each control that injects an error do so, once, and harm nothing else?
 */
#include "inject.h"

static const char usage[] =
"Usage: inject -d DEVICE [SCENARIO]...\n"
"Inject errors into a vipin capture or output node that was bound with the module parameter\n"
"error_injection: check the effect of each one, that it comes once, and that afterwards\n"
"frames arrive and no page stays pinned.\n"
"Runs all scenarios, or the named ones. Root only.\n"
"\n"
"  -d, --device DEVICE  the node\n"
"  -l, --list           list the scenarios and what each proves\n"
"  -h, --help           print this text\n"
"\n"
"After the scenario disconnect, the device must be bound again.\n"
"Prints a line for each: \"right\" or \"wrong\", the scenario's name, and what was wrong.\n"
"Exit status: 0 none is wrong, 1 some are wrong, 2 could not run.\n";

static const struct scenario scenarios[] = {
	{
		.name = "reqbufs",
		.sentence = "VIDIOC_REQBUFS fails once",
		.run = calls_reqbufs,
	}, {
		.name = "qbuf",
		.sentence = "VIDIOC_QBUF and VIDIOC_PREPARE_BUF fail once, with a verdict",
		.run = calls_qbuf,
	}, {
		.name = "qbuf-pinned",
		.sentence = "VIDIOC_QBUF of a pinned pointer fails once, and unpins it",
		.run = calls_qbuf_pinned,
	}, {
		.name = "streamon",
		.sentence = "VIDIOC_STREAMON fails once, and the buffers stay queued",
		.run = calls_streamon,
	}, {
		.name = "pin-error",
		.sentence = "a new pointer is refused once, with any errno and a verdict",
		.run = calls_pin,
	}, {
		.name = "pin-error-disarmed",
		.sentence = "a pointer that is pinned is not refused; 0 disarms the control",
		.run = calls_pin_disarmed,
	}, {
		.name = "fatal",
		.sentence = "poll(), VIDIOC_DQBUF and VIDIOC_QBUF fail until VIDIOC_STREAMOFF",
		.run = calls_fatal,
	}, {
		.name = "fatal-while-stopped",
		.sentence = "nothing happens, also later",
		.run = calls_fatal_while_stopped,
	}, {
		.name = "error-flag",
		.sentence = "one frame has the error flag",
		.run = frames_error_flag,
	}, {
		.name = "dma-fault-while-stopped",
		.sentence = "nothing happens, also later",
		.run = frames_fault_while_stopped,
	}, {
		.name = "dma-fault-at-byte",
		.sentence = "the bytes before the fault arrive, the others do not",
		.run = frames_fault_at,
	}, {
		.name = "dma-fault-beyond",
		.sentence = "a fault after the last byte waits for a larger frame",
		.run = frames_fault_beyond,
	}, {
		.name = "dropped",
		.sentence = "with 100 percent no frame arrives, and its number is missing",
		.run = frames_dropped,
	}, {
		.name = "half-dropped",
		.sentence = "with 50 percent some frames arrive",
		.run = frames_half_dropped,
	}, {
		.name = "late",
		.sentence = "a frame comes 5 intervals late, and 5 numbers are missing",
		.run = frames_late,
	}, {
		.name = "late-and-stopped",
		.sentence = "VIDIOC_STREAMOFF does not wait for a late frame",
		.run = frames_late_and_stopped,
	}, {
		.name = "torn",
		.sentence = "the end of a frame is that of the last one, without the error flag",
		.run = frames_torn,
	}, {
		.name = "wrap-sequence",
		.sentence = "sequence numbers wrap after 128 frames",
		.run = frames_sequence,
	}, {
		.name = "wrap-timestamp",
		.sentence = "timestamps begin 16 seconds before they wrap",
		.run = frames_time,
	}, {
		.name = "disconnect",
		.sentence = "the node vanishes, its pins too, and its open file returns ENODEV",
		.run = calls_disconnect,
	}, { }
};

int main(int argc, char **argv)
{
	static const struct play play = {
		.usage = usage,
		.scenarios = scenarios,
		.open = stage_open,
		.close = stage_close,
	};

	return play_run(&play, argc, argv);
}
