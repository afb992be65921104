// SPDX-License-Identifier: GPL-2.0-only
/*
 * end.c - scenarios: a process or a thread ends, and others still use the queue
 *
 * The pin belongs to the buffer, so it lasts until the buffer is freed or queued with other
 * memory. vipin holds the mm_struct of the process (vipin-pin.c), not its address space.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "end.h"

#define FRAMES		5	/* until something happens to a process that streams */

/**
 * end_expect_killed() - wait for a process, which a signal must have ended
 * @child:	number of the process
 * @signal:	the signal
 */
void end_expect_killed(pid_t child, int signal)
{
	int status = -1;

	life_expect(waitpid(child, &status, 0) == child && WIFSIGNALED(status) &&
		    WTERMSIG(status) == signal, "the child ended with status %#x", status);
}

/* The queue lives on after the process whose memory is pinned. Its frame arrives, and others. */
static void expect_orphan(struct life *l, unsigned char *memory, long before)
{
	life_expect_pins(before + l->pages, "after the process ended");
	life_dequeue(l, memory);
	life_frame(l, life_map(l, NULL));
	life_stop(l);
	life_buffers(l, 0, V4L2_MEMORY_USERPTR);
	life_expect_pins(before, "after the buffers were freed");
}

/* A child queues shared memory, and then does something from which it does not return. */
static void queued_by_child(struct life *l, void (*ends)(void), int signal)
{
	unsigned char *memory = life_map_shared(l);
	const long before = life_pins(-1);
	pid_t child;

	if (l->way & STREAMING)
		life_start(l);
	life_paint(l, memory);
	child = event_fork();
	if (!child) {
		life_expect_queued(l, memory);
		ends();
		_exit(0);
	}
	if (signal)
		end_expect_killed(child, signal);
	else
		event_wait(child);
	expect_orphan(l, memory, before);
}

static void exit_now(void)
{
	_exit(0);
}

static void kill_now(void)
{
	kill(getpid(), SIGKILL);
}

static void owner_exits(struct life *l)
{
	queued_by_child(l, exit_now, 0);
}

static void owner_is_killed(struct life *l)
{
	queued_by_child(l, kill_now, SIGKILL);
}

static void owner_execs(struct life *l)
{
	queued_by_child(l, event_exec, 0);
}

/* The buffers are freed without a frame. */
static void owner_exits_and_freed(struct life *l)
{
	unsigned char *memory = life_map_shared(l);
	const long before = life_pins(-1);
	pid_t child = event_fork();

	if (!child) {
		life_expect_queued(l, memory);
		_exit(0);
	}
	event_wait(child);
	life_expect_pins(before + l->pages, "after the process ended");
	life_buffers(l, 0, V4L2_MEMORY_USERPTR);
	life_expect_pins(before, "after the buffers were freed");
	life_buffers(l, 1, V4L2_MEMORY_USERPTR);
	life_frame(l, life_map(l, NULL));
}

static void owner_exits_prepared(struct life *l)
{
	unsigned char *memory = life_map_shared(l);
	const long before = life_pins(-1);
	pid_t child = event_fork();

	if (!child)
		_exit(-life_prepare(l, memory));
	event_wait(child);
	life_expect_pins(before + l->pages, "after the process ended");
	/* videobuf2 queues a prepared buffer with its own pointer. */
	if (l->policy == VIPIN_POLICY_KERNEL)
		life_frame(l, memory);
	life_frame(l, life_map(l, NULL));
}

/* The first process queues its own memory and exits. Its child goes on. */
static void parent_exits_first(struct life *l)
{
	unsigned char *memory = life_map_shared(l);
	int done[2];
	pid_t child;
	char byte;

	must(pipe(done));
	life_paint(l, memory);
	child = event_fork();
	if (!child) {
		pid_t grandchild = fork();

		if (!grandchild) {
			while (getppid() == child)
				usleep(1000);
			life_dequeue(l, memory);
			life_frame(l, life_map(l, NULL));
			_exit(write(done[1], "", 1) != 1);
		}
		life_expect_queued(l, memory);
		_exit(grandchild < 0);
	}
	close(done[1]);
	event_wait(child);
	life_expect(read(done[0], &byte, 1) == 1, "the grandchild got no frame");
}

static struct life *threads_life;
static unsigned char *threads_memory;

static void *queue_in_thread(void *unused)
{
	life_expect_queued(threads_life, threads_memory);
	return unused;
}

static void queue_by_thread(struct life *l, unsigned char *memory)
{
	pthread_t thread;

	threads_life = l;
	threads_memory = memory;
	life_paint(l, memory);
	life_expect(!pthread_create(&thread, NULL, queue_in_thread, NULL), "no thread");
	pthread_join(thread, NULL);
}

static void thread_exits(struct life *l)
{
	unsigned char *memory = life_map(l, NULL);

	if (l->way & STREAMING)
		life_start(l);
	queue_by_thread(l, memory);
	life_dequeue(l, memory);
}

static void *go_on(void *unused)
{
	/* The first thread has queued the frame. */
	usleep(20000);
	life_dequeue(threads_life, threads_memory);
	life_frame(threads_life, threads_memory);
	_exit(0);
	return unused;
}

static void first_thread_exits(struct life *l)
{
	pid_t child = event_fork();
	pthread_t thread;

	if (!child) {
		threads_life = l;
		threads_memory = life_map(l, NULL);
		life_paint(l, threads_memory);
		life_expect_queued(l, threads_memory);
		life_expect(!pthread_create(&thread, NULL, go_on, NULL), "no thread");
		pthread_exit(NULL);
	}
	event_wait(child);
}

/**
 * end_stream() - stream until this process is killed
 * @l:		the device; it is opened again
 * @frames:	gets a byte for each frame
 */
void __noreturn end_stream(const struct life *l, int frames)
{
	unsigned char *memory[3];
	struct life mine;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	life_open(&mine, l->path, l->policy, l->way);
	life_buffers(&mine, ARRAY_SIZE(memory), V4L2_MEMORY_USERPTR);
	for (size_t i = 0; i < ARRAY_SIZE(memory); i++) {
		memory[i] = life_map(&mine, NULL);
		mine.index = i;
		life_paint(&mine, memory[i]);
		life_expect_queued(&mine, memory[i]);
	}
	for (unsigned int i = 0; ; i = (i + 1) % ARRAY_SIZE(memory)) {
		mine.index = i;
		life_take(&mine, memory[i]);
		life_expect_queued(&mine, memory[i]);
		if (write(frames, "", 1) != 1)
			_exit(1);
	}
}

/**
 * end_start_stream() - start a process that streams, and wait for some frames
 * @l:		the device; its buffers are freed, and its file is closed
 * @frames:	filled in: gives a byte for each frame
 * @joins:	what the process does first, or NULL
 *
 * Return: number of the process.
 */
pid_t end_start_stream(struct life *l, int *frames, void (*joins)(void))
{
	int ends[2];
	pid_t child;
	char byte;

	life_buffers(l, 0, V4L2_MEMORY_USERPTR);
	close(l->fd);
	must(pipe2(ends, O_CLOEXEC));
	child = event_fork();
	if (!child) {
		if (joins)
			joins();
		end_stream(l, ends[1]);
	}
	close(ends[1]);
	for (int i = 0; i < FRAMES; i++)
		life_expect(read(ends[0], &byte, 1) == 1, "the other process does not stream");
	*frames = ends[0];
	return child;
}

/**
 * end_expect_frames() - a process that streams must go on after a pause
 * @frames:	from end_start_stream()
 */
void end_expect_frames(int frames)
{
	char bytes[4096];

	/* The pipe may have been full of frames before the pause. */
	for (int i = 0; i < FRAMES; i++)
		life_expect(read(frames, bytes, sizeof(bytes)) > 0, "it does not go on");
}

/**
 * end_check() - after the process that streamed has ended, nothing may be pinned
 * @l:		the device, which is opened again
 * @before:	how many pages were pinned before
 */
void end_check(struct life *l, long before)
{
	life_expect_pins(before, "after the process ended");
	life_open(l, l->path, l->policy, l->way);
	life_buffers(l, 1, V4L2_MEMORY_USERPTR);
	life_frame(l, life_map(l, NULL));
}

static void ended_by(struct life *l, int signal)
{
	const long before = life_pins(-1);
	int frames;
	pid_t child = end_start_stream(l, &frames, NULL);

	kill(child, signal);
	end_expect_killed(child, signal);
	end_check(l, before);
}

static void killed_while_streaming(struct life *l)
{
	ended_by(l, SIGKILL);
}

static void terminated_while_streaming(struct life *l)
{
	ended_by(l, SIGTERM);
}

static void dumps_core(struct life *l)
{
	const struct rlimit limit = { .rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY };

	must(chdir("/tmp"));
	must(setrlimit(RLIMIT_CORE, &limit));
	ended_by(l, SIGABRT);
	unlink("core");
}

static void stopped_while_streaming(struct life *l)
{
	const long before = life_pins(-1);
	int frames;
	pid_t child = end_start_stream(l, &frames, NULL);

	kill(child, SIGSTOP);
	life_expect(waitpid(child, NULL, WUNTRACED) == child, "waitpid: %s", strerror(errno));
	usleep(50000);
	kill(child, SIGCONT);
	end_expect_frames(frames);
	kill(child, SIGKILL);
	end_expect_killed(child, SIGKILL);
	end_check(l, before);
}

static void closed_while_queued(struct life *l)
{
	unsigned char *memory = life_map(l, NULL);
	const long before = life_pins(-1);

	if (l->way & STREAMING)
		life_start(l);
	life_expect_queued(l, memory);
	life_expect_pins(before + l->pages, "after QBUF");
	close(l->fd);
	munmap(memory, l->pages * PAGE);
	l->streaming = false;
	end_check(l, before);
}

static void stopped_while_queued(struct life *l)
{
	unsigned char *memory = life_map(l, NULL);
	const long before = life_pins(-1);

	life_expect_queued(l, memory);
	life_start(l);
	life_stop(l);
	life_expect_pins(before + l->pages, "after STREAMOFF");
	life_buffers(l, 0, V4L2_MEMORY_USERPTR);
	life_expect_pins(before, "after the buffers were freed");
	life_buffers(l, 1, V4L2_MEMORY_USERPTR);
	life_frame(l, memory);
}

static void unmapped_after_free(struct life *l)
{
	unsigned char *memory = life_map(l, NULL);
	const long before = life_pins(-1);

	life_frame(l, memory);
	life_stop(l);
	life_buffers(l, 0, V4L2_MEMORY_USERPTR);
	life_expect_pins(before, "after the buffers were freed");
	must(munmap(memory, l->pages * PAGE));
	life_buffers(l, 1, V4L2_MEMORY_USERPTR);
	life_expect(life_queue(l, memory) == -EFAULT, "QBUF of unmapped memory is accepted");
	life_expect_pins(before, "after it was refused");
}

const struct scenario end_scenarios[] = {
	{
		.name = "owner-exits",
		.sentence = "a process queues its memory and exits: its frame arrives, and others",
		.run = owner_exits,
		.ways = true,
		.source = "kernel/exit.c, exit_mm(): the pins are not the address space",
	}, {
		.name = "owner-is-killed",
		.sentence = "the same, if it is killed",
		.run = owner_is_killed,
		.ways = true,
		.source = "kernel/exit.c, exit_mm(): the pins are not the address space",
	}, {
		.name = "owner-execs",
		.sentence = "the same, if it execs",
		.run = owner_execs,
		.ways = true,
		.source = "fs/exec.c, exec_mmap()",
	}, {
		.name = "owner-exits-freed",
		.sentence = "it exits, and the buffers are freed: nothing stays pinned",
		.run = owner_exits_and_freed,
		.ways = true,
		.source = "videobuf2-core.c, __vb2_queue_free()",
	}, {
		.name = "owner-exits-prepared",
		.sentence = "it prepares a buffer and exits: the buffer accepts another pointer",
		.run = owner_exits_prepared,
		.ways = true,
		.source = "kernel/exit.c, exit_mm(): the pins are not the address space",
	}, {
		.name = "parent-exits-first",
		.sentence = "a process exits before its child: the child gets both frames",
		.run = parent_exits_first,
		.ways = true,
		.source = "kernel/exit.c, exit_mm(): the pins are not the address space",
	}, {
		.name = "thread-exits",
		.sentence = "the thread that called QBUF exits: the frame arrives",
		.run = thread_exits,
		.ways = true,
		.source = "kernel/exit.c, exit_mm(): other threads keep the address space",
	}, {
		.name = "first-thread-exits",
		.sentence = "the first thread of a process exits: another one gets the frames",
		.run = first_thread_exits,
		.ways = true,
		.source = "kernel/exit.c, exit_mm()",
	}, {
		.name = "killed-streaming",
		.sentence = "SIGKILL while frames arrive: nothing stays pinned, the device works",
		.run = killed_while_streaming,
		.ways = true,
		.source = "videobuf2-v4l2.c, vb2_fop_release()",
	}, {
		.name = "terminated-streaming",
		.sentence = "the same with SIGTERM",
		.run = terminated_while_streaming,
		.ways = true,
		.source = "videobuf2-v4l2.c, vb2_fop_release()",
	}, {
		.name = "core-dump",
		.sentence = "the same with a core dump",
		.run = dumps_core,
		.ways = true,
		.source = "fs/coredump.c, dump_user_range()",
	}, {
		.name = "stopped",
		.sentence = "SIGSTOP and SIGCONT while frames arrive: the stream goes on",
		.run = stopped_while_streaming,
		.ways = true,
		.source = "kernel/signal.c, do_signal_stop()",
	}, {
		.name = "closed-queued",
		.sentence = "the file is closed with a buffer queued, and the memory is unmapped",
		.run = closed_while_queued,
		.ways = true,
		.source = "videobuf2-v4l2.c, vb2_fop_release()",
	}, {
		.name = "streamoff-queued",
		.sentence = "STREAMOFF keeps the pin, freeing the buffer gives it back",
		.run = stopped_while_queued,
		.ways = true,
		.source = "videobuf2-core.c, __vb2_queue_free()",
	}, {
		.name = "munmap-after-free",
		.sentence = "munmap() after the buffers are freed; QBUF of it is refused",
		.run = unmapped_after_free,
		.ways = true,
		.source = "videobuf2-core.c, __vb2_queue_free()",
	},
	{ }
};
