/*
 * Hands a fuzz target its kept inputs once, without the fuzzer: what was
 * mended stays mended, and the targets stay buildable.  The program is named
 * fuzz_NAME and reads tests/fuzz/corpus/NAME.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX	(1 << 20)

static int
replay(int dir, const char *path)
{
	/* As big as the input, so that a sanitizer sees a read past it. */
	uint8_t *data = NULL;
	long size;
	FILE *f;
	int fd, rc = -1;

	/* Targets may change their folder. */
	if ((fd = openat(dir, path, O_RDONLY)) == -1 ||
	    (f = fdopen(fd, "rb")) == NULL)
		return -1;
	if (fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) >= 0 &&
	    size <= INPUT_MAX && fseek(f, 0, SEEK_SET) == 0 &&
	    (data = malloc((size_t)size + (size == 0))) != NULL &&
	    fread(data, 1, (size_t)size, f) == (size_t)size) {
		LLVMFuzzerTestOneInput(data, (size_t)size);
		rc = 0;
	}
	free(data);
	fclose(f);
	return rc;
}

int
main(int argc, char **argv)
{
	const char *name;
	char dir[256];
	struct dirent *e;
	unsigned n = 0;
	DIR *d;

	(void)argc;
	name = strrchr(argv[0], '/') != NULL ? strrchr(argv[0], '/') + 1 : argv[0];
	if (strncmp(name, "fuzz_", 5) == 0)
		name += 5;
	snprintf(dir, sizeof(dir), "tests/fuzz/corpus/%s", name);
	if ((d = opendir(dir)) == NULL) {
		printf("not ok 1 - %s cannot be read\n", dir);
		return 1;
	}
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		/* Said first: a target that finds something ends the program. */
		fprintf(stderr, "# %s/%s\n", dir, e->d_name);
		if (replay(dirfd(d), e->d_name) != 0) {
			printf("not ok 1 - %s/%s cannot be read\n", dir,
			    e->d_name);
			closedir(d);
			return 1;
		}
		n++;
	}
	closedir(d);
	printf("%s 1 - the %u kept inputs of fuzz_%s\n1..1\n",
	    n > 0 ? "ok" : "not ok", n, name);
	return n > 0 ? 0 : 1;
}
