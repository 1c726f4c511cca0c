/*
 * A disk that fails on demand: preloaded into a process, it makes the calls below fail for files under $FAILING_DIRECTORY while
 * $FAILING_FLAG exists. The flag's content says which and how: "w" or "r", then an errno, as in "w5".
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name))

/* The errno that calls of this kind on this file are to fail with; 0 for none. */
static int failure(char kind, int fd) {
    const char *flag = getenv("FAILING_FLAG");
    const char *directory = getenv("FAILING_DIRECTORY");
    if (!flag || !directory || access(flag, F_OK) != 0) return 0;
    char link[64], path[4096], text[16] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    if (strncmp(path, directory, strlen(directory)) != 0) return 0;
    int opened = REAL(int, "open", const char *, int, ...)(flag, O_RDONLY);
    if (opened < 0) return 0;
    length = REAL(ssize_t, "read", int, void *, size_t)(opened, text, sizeof text - 1);
    close(opened);
    return length > 1 && text[0] == kind ? atoi(text + 1) : 0;
}

#define FAIL_IF(kind, fd)              \
    do {                               \
        int error = failure(kind, fd); \
        if (error) {                   \
            errno = error;             \
            return -1;                 \
        }                              \
    } while (0)

ssize_t write(int fd, const void *bytes, size_t count) {
    FAIL_IF('w', fd);
    return REAL(ssize_t, "write", int, const void *, size_t)(fd, bytes, count);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
    FAIL_IF('w', fd);
    return REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t)(fd, bytes, count, at);
}

int fsync(int fd) {
    FAIL_IF('w', fd);
    return REAL(int, "fsync", int)(fd);
}

int fdatasync(int fd) {
    FAIL_IF('w', fd);
    return REAL(int, "fdatasync", int)(fd);
}

ssize_t pread64(int fd, void *bytes, size_t count, off64_t at) {
    FAIL_IF('r', fd);
    return REAL(ssize_t, "pread64", int, void *, size_t, off64_t)(fd, bytes, count, at);
}

ssize_t pread(int fd, void *bytes, size_t count, off_t at) {
    FAIL_IF('r', fd);
    return REAL(ssize_t, "pread", int, void *, size_t, off_t)(fd, bytes, count, at);
}
