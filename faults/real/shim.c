/*
 * Faults in the file calls and the clock of one process, by LD_PRELOAD: see shim.ts. The control block is a file that
 * both sides map; its fields are 64-bit integers in the order of `struct control`. Only files below FAULT_PATH count,
 * and not what the process prints.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct control {
  int64_t clockOffsetSeconds; /* added to the wall clock */
  int64_t clockReads;         /* wall clock reads that it was added to */
  int64_t shortEvery;         /* one write in so many stores only its first half */
  int64_t shortFired;
  int64_t killAt;             /* the process ends at this write or sync, counted from 1 */
  int64_t killWhen;           /* 0 before the call, 1 after half of a write, 2 after the call */
  int64_t failSyncAt;         /* this sync, and only this one, fails with EIO */
  int64_t failSyncFired;
  int64_t writes;
  int64_t syncs;
};

static struct control nothing;
static struct control *control = &nothing;
static const char *prefix;

static __attribute__((constructor)) void attach(void) {
  const char *path = getenv("FAULT_CONTROL");
  prefix = getenv("FAULT_PATH");
  int fd = path == NULL || prefix == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void *at = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (at != MAP_FAILED) control = at;
  close(fd);
}

static int counts(int fd) {
  char link[32], path[512];
  if (control == &nothing || fd <= STDERR_FILENO) return 0;
  char *p = link + sizeof link - 1;
  *p = 0;
  unsigned n = (unsigned)fd;
  do *--p = '0' + n % 10; while (n /= 10);
  p -= 14;
  memcpy(p, "/proc/self/fd/", 14);
  ssize_t length = readlink(p, path, sizeof path - 1);
  return length > 0 && strncmp(path, prefix, strlen(prefix)) == 0;
}

#define REAL(name) ({ static __typeof__(&name) real; if (!real) real = dlsym(RTLD_NEXT, #name); real; })

/* The number of this call among writes and syncs; ends the process before it when that is asked for. */
static int64_t enter(int64_t *counter) {
  __atomic_add_fetch(counter, 1, __ATOMIC_RELAXED);
  static int64_t calls;
  int64_t number = __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
  if (control->killAt == number && control->killWhen == 0) raise(SIGKILL);
  return number;
}

static void leave(int64_t number) {
  if (control->killAt == number) raise(SIGKILL);
}

static int isShort(void) {
  static int64_t writes;
  int64_t every = control->shortEvery;
  if (every <= 0 || __atomic_add_fetch(&writes, 1, __ATOMIC_RELAXED) % every != 0) return 0;
  __atomic_add_fetch(&control->shortFired, 1, __ATOMIC_RELAXED);
  return 1;
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
  if (!counts(fd)) return REAL(pwrite64)(fd, bytes, size, at);
  int64_t number = enter(&control->writes);
  size_t length = size;
  if (control->killAt == number && control->killWhen == 1) length = size / 2;
  else if (size > 1 && isShort()) length = size / 2;
  ssize_t result = REAL(pwrite64)(fd, bytes, length, at);
  leave(number);
  return result;
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) { return pwrite64(fd, bytes, size, at); }

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) {
  if (!counts(fd)) return REAL(pwritev64)(fd, parts, count, at);
  int64_t number = enter(&control->writes);
  int isCut = control->killAt == number && control->killWhen == 1;
  ssize_t result;
  if (count > 0 && parts[0].iov_len > 1 && (isCut || isShort()))
    result = REAL(pwrite64)(fd, parts[0].iov_base, parts[0].iov_len / 2, at);
  else
    result = REAL(pwritev64)(fd, parts, count, at);
  leave(number);
  return result;
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) { return pwritev64(fd, parts, count, at); }

static int sync_call(int fd, int (*real)(int)) {
  if (!counts(fd)) return real(fd);
  int64_t number = enter(&control->syncs);
  if (control->failSyncAt > 0 && __atomic_sub_fetch(&control->failSyncAt, 1, __ATOMIC_RELAXED) == 0) {
    __atomic_add_fetch(&control->failSyncFired, 1, __ATOMIC_RELAXED);
    errno = EIO;
    return -1;
  }
  int result = real(fd);
  leave(number);
  return result;
}

int fdatasync(int fd) { return sync_call(fd, REAL(fdatasync)); }
int fsync(int fd) { return sync_call(fd, REAL(fsync)); }

int clock_gettime(clockid_t id, struct timespec *now) {
  int result = REAL(clock_gettime)(id, now);
  if (result == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE) && control->clockOffsetSeconds != 0) {
    now->tv_sec += control->clockOffsetSeconds;
    __atomic_add_fetch(&control->clockReads, 1, __ATOMIC_RELAXED);
  }
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  int result = REAL(gettimeofday)(now, zone);
  if (result == 0 && control->clockOffsetSeconds != 0) {
    now->tv_sec += control->clockOffsetSeconds;
    __atomic_add_fetch(&control->clockReads, 1, __ATOMIC_RELAXED);
  }
  return result;
}

time_t time(time_t *into) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (into != NULL) *into = now.tv_sec;
  return now.tv_sec;
}
