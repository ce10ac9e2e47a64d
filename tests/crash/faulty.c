/* A disk that fails on purpose: loaded before the C library, it counts the calls that change what lies below one
 * folder, and at the one asked for it kills the process or answers with an error. It can write down what it saw, so
 * that a loss of power can be played afterwards. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { OFF, COUNT, KILL, FAIL_ONCE, FAIL_FROM };

static char root[4096];
static size_t root_length;
static int mode = OFF, error_number = 0, record = -1;
static long at = 0, seen = 0;

void faulty_arm(const char *folder, int what, long number, int error, int record_to) {
    root_length = (size_t)snprintf(root, sizeof root, "%s", folder);
    mode = what, at = number, error_number = error, record = record_to, seen = 0;
}

long faulty_seen(void) { return seen; }

static int below(const char *path) {
    char whole[8192];
    if (mode == OFF || path == NULL) return 0;
    if (path[0] != '/') {
        if (getcwd(whole, 4096) == NULL) return 0;
        strncat(strcat(whole, "/"), path, 4000);
        path = whole;
    }
    return strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || path[root_length] == 0);
}

static int name_of(int file, char *name, size_t length) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t count = readlink(link, name, length - 1);
    if (count < 0) return 0;
    name[count] = 0;
    return 1;
}

static int below_file(int file) {
    char name[4096];
    return mode != OFF && file > 2 && name_of(file, name, sizeof name) && below(name);
}

static ssize_t (*real_write)(int, const void *, size_t);
#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

/* Whether the call is to fail; it does not come back when the process is to die. */
static int fails(void) {
    seen++;
    if (mode == KILL && seen == at) kill(getpid(), SIGKILL), pause();
    if ((mode == FAIL_ONCE && seen == at) || (mode == FAIL_FROM && seen >= at)) return errno = error_number, 1;
    return 0;
}

static void put(const void *data, size_t length) {
    if (!real_write) real_write = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    while (length > 0) {
        ssize_t done = real_write(record, data, length);
        if (done <= 0) abort();
        data = (const char *)data + done, length -= (size_t)done;
    }
}

/* One line of what was seen: what, a number, a length, two names; then the bytes. */
static void note(const char *what, const char *one, const char *other, long number, const void *data, size_t length) {
    char line[9000];
    if (record < 0) return;
    int size = snprintf(line, sizeof line, "%s\t%ld\t%zu\t%s\t%s\n", what, number, length, one, other);
    put(line, (size_t)size);
    if (length > 0) put(data, length);
}

static void note_file(const char *what, int file, long number, const void *data, size_t length) {
    char name[4096] = "";
    if (record >= 0 && name_of(file, name, sizeof name)) note(what, name, "", number, data, length);
}

ssize_t write(int file, const void *data, size_t length) {
    REAL(write);
    if (!below_file(file)) return real(file, data, length);
    if (fails()) return -1;
    off_t place = fcntl(file, F_GETFL) & O_APPEND ? lseek(file, 0, SEEK_END) : lseek(file, 0, SEEK_CUR);
    ssize_t done = real(file, data, length);
    if (done > 0) note_file("write", file, (long)place, data, (size_t)done);
    return done;
}

#define PWRITE(name) \
    ssize_t name(int file, const void *data, size_t length, off_t place) { \
        REAL(name); \
        if (!below_file(file)) return real(file, data, length, place); \
        if (fails()) return -1; \
        ssize_t done = real(file, data, length, place); \
        if (done > 0) note_file("write", file, (long)place, data, (size_t)done); \
        return done; \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

#define ON_FILE(name, what) \
    int name(int file) { \
        REAL(name); \
        if (!below_file(file)) return real(file); \
        if (fails()) return -1; \
        int done = real(file); \
        if (done == 0) note_file(what, file, 0, NULL, 0); \
        return done; \
    }
ON_FILE(fsync, "fsync")
ON_FILE(fdatasync, "fsync")

#define TRUNCATE(name) \
    int name(int file, off_t length) { \
        REAL(name); \
        if (!below_file(file)) return real(file, length); \
        if (fails()) return -1; \
        int done = real(file, length); \
        if (done == 0) note_file("truncate", file, (long)length, NULL, 0); \
        return done; \
    }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

static void noted_open(const char *path, int existed, int flags) {
    if (!existed) note("create", path, "", 0, NULL, 0);
    else if (flags & O_TRUNC) note("truncate", path, "", 0, NULL, 0);
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        REAL(name); \
        mode_t rights = 0; \
        if (flags & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); rights = va_arg(rest, mode_t); va_end(rest); } \
        if (!(flags & (O_CREAT | O_TRUNC)) || !below(path)) return real(path, flags, rights); \
        int existed = access(path, F_OK) == 0; \
        if ((!existed || (flags & O_TRUNC)) && fails()) return -1; \
        int file = real(path, flags, rights); \
        if (file >= 0) noted_open(path, existed, flags); \
        return file; \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
    int name(int folder, const char *path, int flags, ...) { \
        REAL(name); \
        mode_t rights = 0; \
        if (flags & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); rights = va_arg(rest, mode_t); va_end(rest); } \
        if (!(flags & (O_CREAT | O_TRUNC)) || !below(path)) return real(folder, path, flags, rights); \
        int existed = access(path, F_OK) == 0; \
        if ((!existed || (flags & O_TRUNC)) && fails()) return -1; \
        int file = real(folder, path, flags, rights); \
        if (file >= 0) noted_open(path, existed, flags); \
        return file; \
    }
OPENAT(openat)
OPENAT(openat64)

#define TWO_NAMES(name, what, pass, ...) \
    int name(__VA_ARGS__) { \
        REAL(name); \
        if (!below(other)) return real pass; \
        if (fails()) return -1; \
        int done = real pass; \
        if (done == 0) note(what, one, other, 0, NULL, 0); \
        return done; \
    }
TWO_NAMES(rename, "rename", (one, other), const char *one, const char *other)
TWO_NAMES(renameat, "rename", (a, one, b, other), int a, const char *one, int b, const char *other)
TWO_NAMES(link, "link", (one, other), const char *one, const char *other)
TWO_NAMES(linkat, "link", (a, one, b, other, flags), int a, const char *one, int b, const char *other, int flags)

int renameat2(int a, const char *one, int b, const char *other, unsigned flags) {
    REAL(renameat2);
    if (!below(other)) return real(a, one, b, other, flags);
    if (fails()) return -1;
    int done = real(a, one, b, other, flags);
    if (done == 0) note(flags & 2 ? "exchange" : "rename", one, other, 0, NULL, 0);
    return done;
}

#define ONE_NAME(name, what, pass, ...) \
    int name(__VA_ARGS__) { \
        REAL(name); \
        if (!below(path)) return real pass; \
        if (fails()) return -1; \
        int done = real pass; \
        if (done == 0) note(what, path, "", 0, NULL, 0); \
        return done; \
    }
ONE_NAME(unlink, "unlink", (path), const char *path)
ONE_NAME(rmdir, "unlink", (path), const char *path)
ONE_NAME(mkdir, "mkdir", (path, rights), const char *path, mode_t rights)
