// SPDX-License-Identifier: GPL-2.0-only
/*
 * requests - do media requests pin the right memory, apply their controls, and always complete?
 */
#include "requests.h"

static const char usage[] =
"Usage: requests -d DEVICE [SCENARIO]...\n"
"Queue user pointers by media requests on a vipin capture or output node that was bound with the\n"
"module parameters requests and error_injection: check that frames arrive in the memory at the\n"
"pointer, with the controls of their request, that each request completes, and that afterwards\n"
"frames arrive without requests, no page stays pinned, and no request is left.\n"
"Runs all scenarios, or the named ones. Root only.\n"
"\n"
"  -d, --device DEVICE  the node\n"
"  -l, --list           list the scenarios and what each proves\n"
"  -h, --help           print this text\n"
"\n"
"After the scenario disconnect, the device must be bound again. The scenario required\n"
"is for a device that requires requests, and all others are for one that does not.\n"
"Prints a line for each: \"right\", \"skipped\" or \"wrong\", the scenario's name, and why.\n"
"Exit status: 0 none is wrong, 1 some are wrong, 2 could not run.\n";

static const struct scenario scenarios[] = {
	{
		.name = "complete",
		.sentence = "each request has a frame, and its memory is pinned when it is queued",
		.run = frames_complete,
	}, {
		.name = "controls",
		.sentence = "each frame has the controls of its request",
		.run = frames_controls,
	}, {
		.name = "before-streamon",
		.sentence = "requests wait for VIDIOC_STREAMON, and come in their order",
		.run = frames_restart,
	}, {
		.name = "mixed",
		.sentence = "VIDIOC_QBUF without a request is refused after one with a request",
		.run = frames_mixed,
	}, {
		.name = "refused",
		.sentence = "no buffer, two buffers, controls without a buffer, a policy: refused",
		.run = frames_refused,
	}, {
		.name = "replaced",
		.sentence = "the frame is in the memory that is there when the request is queued",
		.run = memory_replaced,
	}, {
		.name = "stale-pin",
		.sentence = "the same, though other memory was pinned there before",
		.run = memory_stale,
	}, {
		.name = "prepared",
		.sentence = "the same for a buffer that was prepared",
		.run = memory_prepared,
	}, {
		.name = "other-process",
		.sentence = "the frame is in the memory of the process that queues the request",
		.run = memory_other_process,
	}, {
		.name = "prepared-by-other",
		.sentence = "the same, though another process has prepared the buffer",
		.run = memory_prepared_by_other,
	}, {
		.name = "unmapped",
		.sentence = "a pointer without memory is refused, with a verdict",
		.run = memory_unmapped,
	}, {
		.name = "beside-refused",
		.sentence = "after the buffer of another node was refused, a new pointer counts",
		.run = memory_beside_refused,
	}, {
		.name = "too-short",
		.sentence = "a plane that is too short is refused, with a verdict",
		.run = memory_too_short,
	}, {
		.name = "refused-twice",
		.sentence = "each refusal has one verdict, though another task prepares a buffer",
		.run = memory_refused_twice,
	}, {
		.name = "streamoff",
		.sentence = "requests complete in VIDIOC_STREAMOFF",
		.run = ends_streamoff,
	}, {
		.name = "streamoff-before",
		.sentence = "requests complete in VIDIOC_STREAMOFF, though nothing streams",
		.run = ends_streamoff_before,
	}, {
		.name = "close",
		.sentence = "requests complete in close(), and nothing stays pinned",
		.run = ends_close,
	}, {
		.name = "never-queued",
		.sentence = "nothing is left of a request that was never queued",
		.run = ends_never_queued,
	}, {
		.name = "killed",
		.sentence = "a request completes, though the process that queued it is dead",
		.run = ends_killed,
	}, {
		.name = "fault",
		.sentence = "a request whose frame is lost completes",
		.run = ends_fault,
	}, {
		.name = "fatal",
		.sentence = "requests complete after a fatal error, and later requests too",
		.run = ends_fatal,
	}, {
		.name = "required",
		.sentence = "VIDIOC_QBUF without a request is refused",
		.run = frames_required,
	}, {
		.name = "disconnect",
		.sentence = "requests complete when the nodes vanish, and their files stay usable",
		.run = ends_disconnect,
	}, {
		.name = "unbind",
		.sentence = "the same when the device is unbound",
		.run = ends_unbind,
	}, { }
};

int main(int argc, char **argv)
{
	static const struct play play = {
		.usage = usage,
		.scenarios = scenarios,
		.open = scene_open,
		.close = scene_close,
	};

	return play_run(&play, argc, argv);
}
