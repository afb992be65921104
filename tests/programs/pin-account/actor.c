// SPDX-License-Identifier: GPL-2.0-only
/*
 * actor.c - a process that queues its memory when the scenario says so
 *
 * Each request passes the open node, so the actor needs no right to open it.
 */
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account.h"
#include "common/video-node.h"
#include "time-limit.h"

#define PLACE_SIZE	(16 * PAGE)
#define FILES		64	/* more than a scenario opens */

enum operation {
	QUEUE,
	PREPARE,
	ALLOCATE,
	MAP,
	STREAM,
	UNMAP,
	FORK,
	EXEC,
	BECOME,
};

struct request {
	enum operation operation;
	enum v4l2_buf_type type;
	unsigned int number;	/* index, count or uid */
	struct memory memory;
	struct memory second;	/* of the second plane, if the type has planes */
};

static int send_request(int socket, const struct request *request, int fd)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .header = {
		.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS,
		.cmsg_len = CMSG_LEN(sizeof(int)),
	} };
	struct iovec iov = { .iov_base = (void *)request, .iov_len = sizeof(*request) };
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
		.msg_controllen = sizeof(control.room),
	};

	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	return sendmsg(socket, &message, MSG_NOSIGNAL) == sizeof(*request) ? 0 : -1;
}

static bool receive_request(int socket, struct request *request, int *fd)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = { .iov_base = request, .iov_len = sizeof(*request) };
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
		.msg_controllen = sizeof(control.room),
	};

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != sizeof(*request) ||
	    !CMSG_FIRSTHDR(&message))
		return false;
	memcpy(fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(*fd));
	return true;
}

static unsigned long address(const unsigned char *start, const struct memory *memory)
{
	return (unsigned long)start + memory->place * PLACE_SIZE + memory->offset;
}

static int hand_over(const struct request *r, int fd, unsigned char *start)
{
	struct v4l2_plane planes[] = {
		{ .m.userptr = address(start, &r->memory), .length = r->memory.length,
		  .bytesused = PAGE },
		{ .m.userptr = address(start, &r->second), .length = r->second.length,
		  .bytesused = PAGE / 2 },
	};
	struct v4l2_buffer buf = {
		.type = r->type, .memory = V4L2_MEMORY_USERPTR, .index = r->number,
	};

	if (V4L2_TYPE_IS_MULTIPLANAR(r->type)) {
		buf.m.planes = planes;
		buf.length = ARRAY_SIZE(planes);
	} else {
		buf.m.userptr = planes[0].m.userptr;
		buf.length = planes[0].length;
		buf.bytesused = planes[0].bytesused;
	}
	return ioctl(fd, r->operation == QUEUE ? VIDIOC_QBUF : VIDIOC_PREPARE_BUF, &buf) ?
	       -errno : 0;
}

/* Write to a buffer of the device's memory through a mapping. */
static int map_buffer(const struct request *r, int fd)
{
	struct v4l2_buffer buf = {
		.type = r->type, .memory = V4L2_MEMORY_MMAP, .index = r->number,
	};
	unsigned char *start;

	if (ioctl(fd, VIDIOC_QUERYBUF, &buf))
		return -errno;
	start = mmap(NULL, buf.length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, buf.m.offset);
	if (start == MAP_FAILED)
		return -errno;
	memset(start, 1, buf.length);
	return munmap(start, buf.length) ? -errno : 0;
}

static int become(uid_t uid)
{
	return seteuid(0) || setresuid(uid, uid, 0) ? -errno : 0;
}

/* The child outlives its parent, until the scenario kills it. */
static int fork_child(void)
{
	pid_t child = fork();

	if (child)
		return child < 0 ? -errno : child;
	close(STDOUT_FILENO);
	alarm(TIME_LIMIT);
	for (;;)
		pause();
}

static int obey(const struct request *r, int fd, unsigned char *start)
{
	switch (r->operation) {
	case QUEUE:
	case PREPARE:
		return hand_over(r, fd, start);
	case ALLOCATE:
		return video_node_request(fd, r->type, V4L2_MEMORY_MMAP, r->number);
	case MAP:
		return map_buffer(r, fd);
	case STREAM:
		return video_node_stream(fd, r->type, true);
	case UNMAP:
		return munmap(start + r->memory.place * PLACE_SIZE, PLACE_SIZE) ? -errno : 0;
	case FORK:
		return fork_child();
	case EXEC:
		execl("/bin/sleep", "sleep", "1000", NULL);
		return -errno;
	case BECOME:
		return become(r->number);
	}
	return -EINVAL;
}

static bool answer_with(int socket, int answer)
{
	return write(socket, &answer, sizeof(answer)) == sizeof(answer);
}

static void __noreturn act(int socket)
{
	unsigned char *start = mmap(NULL, PLACES * PLACE_SIZE, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct request request;
	int fd, answer;

	/* The scenario alone has the node open, and closes it when it likes. */
	for (fd = STDERR_FILENO + 1; fd < FILES; fd++)
		if (fd != socket)
			close(fd);
	if (start == MAP_FAILED || munmap(start + NOTHING * PLACE_SIZE, PLACE_SIZE) ||
	    !answer_with(socket, 0))
		_exit(CANNOT_RUN);
	while (receive_request(socket, &request, &fd)) {
		answer = obey(&request, fd, start);
		/* An answer needs memory, which the process may not get now. */
		if (request.operation == STREAM)
			_exit(-answer);
		close(fd);
		if (!answer_with(socket, answer))
			break;
	}
	_exit(RIGHT);
}

static int answer_of(const struct actor *a)
{
	int answer;

	expect(read(a->socket, &answer, sizeof(answer)) == sizeof(answer), "an actor has ended");
	return answer;
}

/**
 * actor_pages() - describe whole pages of an actor's memory
 * @place:	where they are
 * @pages:	how many
 *
 * Return: the memory.
 */
struct memory actor_pages(enum place place, size_t pages)
{
	return (struct memory){ .place = place, .length = pages * PAGE };
}

/**
 * actor_start() - start a process
 * @uid:	its user
 * @pages:	its RLIMIT_MEMLOCK in pages, or UNLIMITED
 *
 * Return: the process.
 */
struct actor actor_start(uid_t uid, long pages)
{
	int sockets[2];
	struct actor a;

	expect(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets), "socketpair: %s",
	       strerror(errno));
	a.socket = sockets[0];
	a.pid = fork();
	expect(a.pid >= 0, "fork: %s", strerror(errno));
	if (!a.pid) {
		close(sockets[0]);
		signal(SIGCHLD, SIG_IGN);
		if (uid && (setgroups(0, NULL) || setresuid(uid, uid, 0)))
			_exit(CANNOT_RUN);
		/* A change of the user clears it. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		act(sockets[1]);
	}
	close(sockets[1]);
	/* A process that starts copies pages, which a control group at its limit does not allow. */
	expect(!answer_of(&a), "an actor does not start");
	actor_limit(&a, pages);
	return a;
}

/**
 * actor_start_root() - start a process of root
 *
 * Return: the process.
 */
struct actor actor_start_root(void)
{
	return actor_start(0, UNLIMITED);
}

/**
 * actor_limit() - set the RLIMIT_MEMLOCK of a process
 * @a:		the process
 * @pages:	in pages, or UNLIMITED
 */
void actor_limit(const struct actor *a, long pages)
{
	/* The kernel rounds down to pages. */
	const rlim_t bytes = pages == UNLIMITED ? RLIM_INFINITY : pages * PAGE + PAGE - 1;
	const struct rlimit limit = { bytes, bytes };

	expect(!prlimit(a->pid, RLIMIT_MEMLOCK, &limit, NULL), "prlimit: %s", strerror(errno));
}

static void ask(const struct actor *a, const struct node *n, struct request request)
{
	const int fd = n ? n->fd : a->socket;

	request.type = n ? n->type : 0;
	expect(!send_request(a->socket, &request, fd), "sendmsg: %s", strerror(errno));
}

static int call(const struct actor *a, const struct node *n, struct request request)
{
	ask(a, n, request);
	return answer_of(a);
}

/**
 * actor_queue() - call VIDIOC_QBUF in another process
 * @a:		the process
 * @n:		the node
 * @index:	of the buffer
 * @memory:	memory of the process
 *
 * Return: 0, or a negative errno.
 */
int actor_queue(const struct actor *a, const struct node *n, unsigned int index,
		struct memory memory)
{
	return call(a, n, (struct request){ .operation = QUEUE, .number = index,
					    .memory = memory });
}

/**
 * actor_queue_planes() - call VIDIOC_QBUF for a frame in two planes in another process
 * @a:		the process
 * @n:		the node, with the multi-planar API
 * @index:	of the buffer
 * @first:	memory of the process for the first plane
 * @second:	the same for the second plane
 *
 * Return: 0, or a negative errno.
 */
int actor_queue_planes(const struct actor *a, const struct node *n, unsigned int index,
		       struct memory first, struct memory second)
{
	return call(a, n, (struct request){ .operation = QUEUE, .number = index,
					    .memory = first, .second = second });
}

/**
 * actor_expect_fault() - check that VIDIOC_QBUF of unmapped memory fails in another process
 * @a:	the process
 * @n:	the node; the index of the buffer is 0
 */
void actor_expect_fault(const struct actor *a, const struct node *n)
{
	int err = actor_queue(a, n, 0, actor_pages(NOTHING, n->pages));

	expect(err == -EFAULT, "QBUF of no memory: %s", strerror(-err));
}

/**
 * actor_prepare() - call VIDIOC_PREPARE_BUF in another process
 * @a:		the process
 * @n:		the node
 * @index:	of the buffer
 * @memory:	memory of the process
 *
 * Return: 0, or a negative errno.
 */
int actor_prepare(const struct actor *a, const struct node *n, unsigned int index,
		  struct memory memory)
{
	return call(a, n, (struct request){ .operation = PREPARE, .number = index,
					    .memory = memory });
}

/**
 * actor_allocate() - allocate MMAP buffers in another process
 * @a:		the process
 * @n:		the node
 * @count:	number of buffers
 *
 * Return: the number of buffers, or a negative errno.
 */
int actor_allocate(const struct actor *a, const struct node *n, unsigned int count)
{
	return call(a, n, (struct request){ .operation = ALLOCATE, .number = count });
}

/**
 * actor_map() - map an MMAP buffer in another process, and write to it
 * @a:		the process
 * @n:		the node
 * @index:	of the buffer
 *
 * Return: 0, or a negative errno.
 */
int actor_map(const struct actor *a, const struct node *n, unsigned int index)
{
	return call(a, n, (struct request){ .operation = MAP, .number = index });
}

/**
 * actor_stream() - start the stream in another process, which then ends
 * @a:		the process
 * @n:		the node
 *
 * Return: 0, or a negative errno.
 */
int actor_stream(struct actor *a, const struct node *n)
{
	int status;

	ask(a, n, (struct request){ .operation = STREAM });
	expect(waitpid(a->pid, &status, 0) == a->pid, "waitpid: %s", strerror(errno));
	expect(WIFEXITED(status), "STREAMON: the process was killed");
	a->pid = 0;
	return -WEXITSTATUS(status);
}

/**
 * actor_unmap() - unmap memory of another process
 * @a:		the process
 * @place:	where
 */
void actor_unmap(const struct actor *a, enum place place)
{
	int err = call(a, NULL, (struct request){ .operation = UNMAP, .memory.place = place });

	expect(!err, "munmap: %s", strerror(-err));
}

/**
 * actor_fork() - let a process fork
 * @a:		the process
 *
 * Return: its child, which the scenario has to kill.
 */
pid_t actor_fork(const struct actor *a)
{
	int child = call(a, NULL, (struct request){ .operation = FORK });

	expect(child > 0, "fork: %s", strerror(-child));
	return child;
}

/**
 * actor_exec() - let a process execute another program
 * @a:		the process; it accepts no more requests
 */
void actor_exec(const struct actor *a)
{
	int answer;

	ask(a, NULL, (struct request){ .operation = EXEC });
	/* exec closes the socket. */
	expect(!read(a->socket, &answer, sizeof(answer)), "exec fails");
}

/**
 * actor_become() - change the user of a process
 * @a:		the process
 * @uid:	its new user
 */
void actor_become(const struct actor *a, uid_t uid)
{
	int err = call(a, NULL, (struct request){ .operation = BECOME, .number = uid });

	expect(!err, "setresuid: %s", strerror(-err));
}

/**
 * process_pinned() - read VmPin of a process
 * @pid:	its number
 *
 * Return: its pages.
 */
long process_pinned(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	return read_number(path, "VmPin:") / (long)(PAGE / 1024);
}

/**
 * actor_expect_pinned() - check VmPin of a process
 * @a:		the process
 * @pages:	what it must be
 * @when:	words for the message
 */
void actor_expect_pinned(const struct actor *a, long pages, const char *when)
{
	long pinned = process_pinned(a->pid);

	expect(pinned == pages, "%s, VmPin is %ld pages instead of %ld", when, pinned, pages);
}

/**
 * actor_end() - kill a process
 * @a:		the process
 */
void actor_end(struct actor *a)
{
	if (a->pid) {
		kill(a->pid, SIGKILL);
		waitpid(a->pid, NULL, 0);
	}
	close(a->socket);
}
