// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuse.c - a file whose pages are provided by another process
 *
 * The file system has one file, its root. A child process serves it and speaks the protocol
 * of /dev/fuse (Documentation/filesystems/fuse/fuse.rst). The file system stays mounted only
 * until the file is open. Reads are not asynchronous: a task that needs a page waits for the
 * answer itself. When the task is killed, the server gets FUSE_INTERRUPT.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fuse.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "provider.h"

#define MAX_DATA	65536

struct request {
	struct fuse_in_header header;
	unsigned char body[MAX_DATA + PAGE_MAX];
};

/**
 * struct server - state of the child process
 * @fd:		of /dev/fuse
 * @client:	a socket, or -1 to answer all reads. The server writes a byte to the socket
 *		for each read that it does not answer. It answers reads once the other end
 *		of the socket is closed
 * @size:	of the file in bytes
 * @data:	contents of the file
 * @waiting:	the read that is not answered, or 0
 */
struct server {
	int fd;
	int client;
	size_t size;
	unsigned char *data;
	__u64 waiting;
};

static void answer(const struct server *s, __u64 unique, int error, void *data, size_t size)
{
	struct fuse_out_header header = {
		.len = sizeof(header) + size, .error = error, .unique = unique,
	};
	struct iovec parts[] = {
		{ .iov_base = &header, .iov_len = sizeof(header) },
		{ .iov_base = data, .iov_len = size },
	};

	/* ENOENT: the task that asked has been killed. */
	if (writev(s->fd, parts, ARRAY_SIZE(parts)) < 0 && errno != ENOENT)
		_exit(1);
}

static void answer_attributes(const struct server *s, __u64 unique)
{
	struct fuse_attr_out out = {
		.attr_valid = 3600,
		.attr = {
			.ino = FUSE_ROOT_ID, .size = s->size, .blocks = s->size / 512,
			.mode = S_IFREG | 0600, .nlink = 1, .uid = getuid(), .gid = getgid(),
			.blksize = PAGE,
		},
	};

	answer(s, unique, 0, &out, sizeof(out));
}

static void answer_read(struct server *s, const struct request *r)
{
	const struct fuse_read_in *in = (void *)r->body;
	size_t left = in->offset < s->size ? s->size - in->offset : 0;

	if (s->client < 0) {
		answer(s, r->header.unique, 0, s->data + in->offset,
		       in->size < left ? in->size : left);
		return;
	}
	s->waiting = r->header.unique;
	if (write(s->client, "", 1) != 1)
		_exit(1);
}

static void answer_write(const struct server *s, const struct request *r)
{
	const struct fuse_write_in *in = (void *)r->body;
	struct fuse_write_out out = { .size = in->size };

	if (in->offset > s->size || in->size > s->size - in->offset) {
		answer(s, r->header.unique, -EFBIG, NULL, 0);
		return;
	}
	memcpy(s->data + in->offset, in + 1, in->size);
	answer(s, r->header.unique, 0, &out, sizeof(out));
}

/* Get -ENOSYS from the kernel. FUSE does not send that request again. */
static int not_known(void)
{
	syscall(-1);
	return -errno;
}

static void serve(struct server *s, const struct request *r)
{
	struct fuse_init_out init = {
		.major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION,
		.max_readahead = MAX_DATA, .max_write = MAX_DATA, .flags = FUSE_BIG_WRITES,
	};
	struct fuse_open_out open = { .open_flags = FOPEN_KEEP_CACHE };
	struct fuse_statfs_out statfs = { .st.bsize = PAGE, .st.namelen = NAME_MAX };
	__u64 unique = r->header.unique;

	switch (r->header.opcode) {
	case FUSE_INIT:
		answer(s, unique, 0, &init, sizeof(init));
		break;
	case FUSE_GETATTR:
	case FUSE_SETATTR:
		answer_attributes(s, unique);
		break;
	case FUSE_OPEN:
		answer(s, unique, 0, &open, sizeof(open));
		break;
	case FUSE_STATFS:
		answer(s, unique, 0, &statfs, sizeof(statfs));
		break;
	case FUSE_READ:
		answer_read(s, r);
		break;
	case FUSE_WRITE:
		answer_write(s, r);
		break;
	case FUSE_FLUSH:
	case FUSE_RELEASE:
		answer(s, unique, 0, NULL, 0);
		break;
	case FUSE_INTERRUPT:
		if (s->waiting)
			answer(s, s->waiting, -EINTR, NULL, 0);
		s->waiting = 0;
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
		break;
	default:
		answer(s, unique, not_known(), NULL, 0);
	}
}

/* Serve requests until the file system is unmounted and its file is closed. */
__noreturn
static void serve_all(struct server *s)
{
	static struct request request;
	struct pollfd fds[] = {
		{ .fd = s->fd, .events = POLLIN },
		{ .fd = s->client },
	};

	while (poll(fds, ARRAY_SIZE(fds), -1) >= 0 || errno == EINTR) {
		if (fds[1].revents) {
			fds[1].fd = -1;
			s->client = -1;
		}
		if (!fds[0].revents)
			continue;
		if (read(s->fd, &request, sizeof(request)) >= 0)
			serve(s, &request);
		else if (errno != EINTR && errno != EAGAIN && errno != ENOENT)
			break;
	}
	_exit(0);
}

static int start_server(struct memory *m, int fd, int client)
{
	struct server server = { .fd = fd, .client = client, .size = m->size };

	m->child = fork();
	if (!m->child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGINT, SIG_IGN);
		/* With this copy open, the parent could not close its end of the socket. */
		if (m->fd >= 0)
			close(m->fd);
		server.data = malloc(server.size);
		if (!server.data)
			_exit(1);
		memset(server.data, m->fill, server.size);
		serve_all(&server);
	}
	return m->child < 0 ? memory_lacks(m, "fork: %s", strerror(errno)) : 0;
}

static int mount_on(struct memory *m, const char *path, int fd)
{
	char options[80];

	snprintf(options, sizeof(options), "fd=%d,rootmode=%o,user_id=%u,group_id=%u", fd,
		 S_IFREG | 0600, getuid(), getgid());
	if (mount("v4l2-pincheck", path, "fuse", MS_NOSUID | MS_NODEV, options))
		return memory_lacks(m, "mount a FUSE file system: %s", strerror(errno));
	return 0;
}

/* Open the file. A server is needed for that. Returns a file descriptor, or -1. */
static int open_served(struct memory *m, const char *path, int fd, int client)
{
	int ret = start_server(m, fd, client), file;
	struct stat st;

	/* Only the server keeps /dev/fuse open, so that all waiting reads end when it exits. */
	close(fd);
	if (ret)
		return -1;
	file = open(path, O_RDWR | O_CLOEXEC);
	/* The kernel does not know the size of the root before it gets its attributes. */
	if (file >= 0 && !fstat(file, &st))
		return file;
	memory_lacks(m, "open a FUSE file: %s", strerror(errno));
	if (file >= 0)
		close(file);
	return -1;
}

/* Mount the file system on a temporary file, map its file, and unmount it. */
static int map_served(struct memory *m, int client)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC), place, file = -1, ret;
	char path[] = "/tmp/v4l2-pincheck-XXXXXX";

	if (fd < 0)
		return memory_lacks(m, "/dev/fuse: %s", strerror(errno));
	m->size = memory_round_up(m->length, PAGE) + 2 * PAGE;
	place = mkstemp(path);
	if (place < 0) {
		close(fd);
		return memory_lacks(m, "mkstemp in /tmp: %s", strerror(errno));
	}
	close(place);
	if (mount_on(m, path, fd)) {
		close(fd);
	} else {
		file = open_served(m, path, fd, client);
		umount2(path, MNT_DETACH);
	}
	unlink(path);
	if (file < 0)
		return -1;
	ret = memory_map_plain(m, PROT_READ | PROT_WRITE, m->kind->variant, file);
	close(file);
	return ret;
}

/* The variant is MAP_SHARED or MAP_PRIVATE. */
static int fuse_map(struct memory *m)
{
	return map_served(m, -1);
}

static int fuse_not_answered_map(struct memory *m)
{
	int pair[2], ret;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return memory_lacks(m, "socketpair: %s", strerror(errno));
	m->fd = pair[0];
	ret = map_served(m, pair[1]);
	close(pair[1]);
	return ret;
}

static void fuse_unmap(struct memory *m)
{
	/* Unmap first: the kernel writes dirty pages back to the server. */
	memory_unmap_plain(m);
	if (m->child <= 0)
		return;
	kill(m->child, SIGKILL);
	while (waitpid(m->child, NULL, 0) < 0 && errno == EINTR)
		;
}

static const struct memory_kind kinds[] = {
	{
		.name = "fuse-shared",
		.sentence = "a FUSE file must see all writes, so a shared mapping is refused",
		.map = fuse_map,
		.unmap = fuse_unmap,
		.variant = MAP_SHARED,
	}, {
		.name = "fuse-private",
		.sentence = "private copies of the pages of a FUSE file are ordinary memory",
		.map = fuse_map,
		.unmap = fuse_unmap,
		.variant = MAP_PRIVATE,
	}, {
		.name = "fuse-private-untouched",
		.sentence = "a pin waits until the FUSE server has provided the pages",
		.map = fuse_map,
		.unmap = fuse_unmap,
		.variant = MAP_PRIVATE,
		.untouched = true,
	}, {
		.name = "fuse-not-answered",
		.sentence = "a task can be killed while its pin waits for the FUSE server",
		.map = fuse_not_answered_map,
		.unmap = fuse_unmap,
		.variant = MAP_PRIVATE,
		.untouched = true,
		.blocks_in_fault = true,
	},
};

const struct memory_provider fuse_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
