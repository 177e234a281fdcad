// SPDX-License-Identifier: MIT
/* Copyright 2026 The rocket authors */

/**
 * DOC: rocket-dis
 *
 * Command words to listing and back. This file finds the words in what it is given: a raw stream, a
 * compiled program, a dump of the kernel, a JSON file with arrays of words, or hex lines; the text
 * itself is made in decode/.
 */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <base/blob.h>
#include <base/diag.h>
#include <decode/asm.h>
#include <decode/decode.h>
#include <decode/dump.h>
#include <npu/regcmd.h>
#include <program/program.h>

#include "tool.h"

#define WORD_DIGITS 16

static const char usage[] =
	"usage: rocket-dis FILE               list a raw stream, a .rkt program, a dump of the "
	"kernel "
	"or the\n"
	"                                     words of a JSON file\n"
	"       rocket-dis -                  list a dump or hex lines that come on standard "
	"input\n"
	"       rocket-dis --assemble FILE|-  print the words of a listing as hex lines\n"
	"  -o, --output FILE   write there; with --assemble a raw stream\n"
	"  -h, --help          this text\n"
	"      --version       print the version\n"
	"Exit code: 0 done, 1 failed, 2 usage, 3 program refused.\n";

/* What is being printed, and whether words without a name were among it. */
struct lister {
	FILE *out;
	struct diag *diag;
	struct decode_summary sum;
	size_t streams;
	bool refused;	/* a program that is damaged */
};

static void list(struct lister *l, const uint64_t *words, size_t count)
{
	decode_listing(l->out, words, count, &l->sum);
	l->streams++;
}

/* A heading as a comment, so that the whole output assembles. */
static void heading(struct lister *l, const char *text)
{
	fprintf(l->out, "%s; %s\n", l->streams ? "\n" : "", text);
}

/* Return: 0 with a word, -ENOENT for a line without one, -EINVAL. */
static int parse_word(const char *text, size_t length, uint64_t *word)
{
	const char *end = text + length;
	size_t digits = 0;
	uint64_t n = 0;

	while (text < end && (isspace((unsigned char)*text) || *text == '"'))
		text++;
	while (end > text && (isspace((unsigned char)end[-1]) || end[-1] == '"' || end[-1] == ','))
		end--;
	if (text == end)
		return -ENOENT;
	if (end - text > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	for (; text < end; text++, digits++) {
		const char *hex = "0123456789abcdef",
			   *at = strchr(hex, tolower((unsigned char)*text));

		if (!*text || !at || digits == WORD_DIGITS)
			return -EINVAL;
		n = n << 4 | (uint64_t)(at - hex);
	}
	*word = n;

	return 0;
}

static int list_hex_lines(struct lister *l, const char *text, size_t bytes)
{
	size_t number = 0, count = 0;
	uint64_t *words;

	words = calloc(bytes / 2 + 1, sizeof(*words));
	if (!words)
		return diag_error(l->diag, -ENOMEM, "out of memory");
	while (bytes) {
		const char *end = memchr(text, '\n', bytes);
		size_t length = end ? (size_t)(end - text) : bytes;
		int ret = parse_word(text, length, &words[count]);

		number++;
		if (ret == -EINVAL) {
			free(words);
			return diag_error(l->diag, ret,
					  "line %zu: expected a word of up to 16 hex digits",
					  number);
		}
		count += !ret;
		length += end != NULL;
		text += length;
		bytes -= length;
	}
	list(l, words, count);
	free(words);

	return 0;
}

static bool is_word_array(const json_t *json)
{
	const char *first = json_string_value(json_array_get(json, 0));
	uint64_t word;

	return first && strlen(first) == WORD_DIGITS + 2 &&
	       !parse_word(first, WORD_DIGITS + 2, &word);
}

static int list_json_array(struct lister *l, const json_t *json, const char *path)
{
	size_t count = json_array_size(json), i;
	const json_t *item;
	uint64_t *words;

	words = calloc(count, sizeof(*words));
	if (!words)
		return diag_error(l->diag, -ENOMEM, "out of memory");
	json_array_foreach(json, i, item) {
		const char *text = json_string_value(item);

		if (!text || parse_word(text, strlen(text), &words[i])) {
			free(words);
			return diag_error(l->diag, -EINVAL, "%s[%zu] is no command word", path, i);
		}
	}
	heading(l, path);
	list(l, words, count);
	free(words);

	return 0;
}

/* Any array of strings of the form of a word is a stream, wherever it stands. */
static int list_json(struct lister *l, json_t *json, const char *path)
{
	char below[256];
	const char *key;
	json_t *item;
	size_t i;
	int ret = 0;

	if (is_word_array(json))
		return list_json_array(l, json, path);
	json_object_foreach(json, key, item) {
		snprintf(below, sizeof(below), "%s%s%s", path, *path ? "." : "", key);
		ret = list_json(l, item, below);
		if (ret)
			return ret;
	}
	if (json_is_array(json)) {
		json_array_foreach(json, i, item) {
			snprintf(below, sizeof(below), "%s[%zu]", path, i);
			ret = list_json(l, item, below);
			if (ret)
				return ret;
		}
	}

	return 0;
}

static int list_json_text(struct lister *l, const char *name, const struct blob *file)
{
	json_error_t error;
	json_t *json;
	int ret;

	json = json_loadb((const char *)file->data, file->size, 0, &error);
	if (!json)
		return diag_error(l->diag, -EINVAL, "%s: line %d: %s", name, error.line,
				  error.text);
	ret = list_json(l, json, "");
	json_decref(json);
	if (!ret && !l->streams)
		ret = diag_error(l->diag, -EINVAL,
				 "%s has no array of command words; give the file that holds the "
				 "stream instead",
				 name);

	return ret;
}

static uint64_t word_at(const uint8_t *data)
{
	uint64_t word = 0;

	for (size_t b = 0; b < REGCMD_BYTES; b++)
		word |= (uint64_t)data[b] << 8 * b;

	return word;
}

static int list_raw(struct lister *l, const char *name, const struct blob *file)
{
	size_t count = file->size / REGCMD_BYTES;
	uint64_t *words;

	if (!count || file->size % REGCMD_BYTES)
		return diag_error(l->diag, -EINVAL, "%s: %zu bytes are no stream of 8-byte words",
				  name, file->size);
	words = calloc(count, sizeof(*words));
	if (!words)
		return diag_error(l->diag, -ENOMEM, "out of memory");
	for (size_t i = 0; i < count; i++)
		words[i] = word_at(file->data + i * REGCMD_BYTES);
	list(l, words, count);
	free(words);

	return 0;
}

static const char *use_name(enum program_buffer_use use)
{
	static const char *const names[] = {
		[PROGRAM_REGCMD] = "streams",
		[PROGRAM_CONST] = "constants",
		[PROGRAM_ACTIVATIONS] = "activations",
	};

	return names[use];
}

/* Per word of a buffer: the buffer whose address is added to it, GRAPH_NONE for none. */
static uint32_t *targets_of(const struct program *p, uint32_t buffer)
{
	size_t words = p->buffers[buffer].bytes / REGCMD_BYTES;
	uint32_t *targets = malloc((words + 1) * sizeof(*targets));

	if (!targets)
		return NULL;
	for (size_t i = 0; i < words; i++)
		targets[i] = GRAPH_NONE;
	for (uint32_t i = 0; i < p->n_relocs; i++)
		if (p->relocs[i].buffer == buffer)
			targets[p->relocs[i].word] = p->relocs[i].target;

	return targets;
}

static int list_task(struct lister *l, const struct program *p, uint32_t number)
{
	const struct program_task *task = &p->tasks[number];
	uint32_t first = task->offset / REGCMD_BYTES, *targets = targets_of(p, task->buffer);
	const uint8_t *data = p->buffers[task->buffer].data + task->offset;
	char line[DECODE_LINE_BYTES];

	if (!targets)
		return diag_error(l->diag, -ENOMEM, "out of memory");
	snprintf(line, sizeof(line),
		 "task %" PRIu32 " of %" PRIu32 ": operator %" PRIu32 ", %s, at 0x%" PRIx32, number,
		 p->n_tasks, p->ops[task->op].index, p->ops[task->op].name, task->offset);
	heading(l, line);
	for (uint32_t i = 0; i < task->words; i++) {
		decode_word(word_at(data + i * REGCMD_BYTES), line, &l->sum);
		fprintf(l->out, "%04" PRIx32 "  %s", i * REGCMD_BYTES, line);
		if (targets[first + i] != GRAPH_NONE)
			fprintf(l->out, "  ; + %s", use_name(p->buffers[targets[first + i]].use));
		fputc('\n', l->out);
	}
	l->streams++;
	free(targets);

	return 0;
}

static int list_program(struct lister *l, const char *name, const struct blob *file)
{
	struct program *p;
	int ret;

	ret = program_read(file->data, file->size, l->diag, &p);
	if (ret) {
		l->refused = ret != -ENOMEM;
		return diag_error(l->diag, ret, "%s: no program to list", name);
	}
	for (uint32_t i = 0; i < p->n_tasks && !ret; i++)
		ret = list_task(l, p, i);
	program_destroy(p);

	return ret;
}

/* What the dump says beside the words stands before them, as comments. */
static int list_dump(struct lister *l, const char *name, const struct blob *file)
{
	const char *at = (const char *)file->data, *end;
	struct dump dump;
	int ret;

	ret = dump_read(at, file->size, l->diag, &dump);
	if (ret)
		return diag_error(l->diag, ret, "%s: no dump to list", name);
	for (size_t left = dump.head_bytes; left; left -= end + 1 - at, at = end + 1) {
		end = memchr(at, '\n', left);
		fprintf(l->out, "; %.*s\n", (int)(end - at), at);
	}
	list(l, dump.words, dump.count);
	free(dump.words);

	return 0;
}

static bool looks_like_json(const struct blob *file)
{
	size_t i = 0;

	while (i < file->size && isspace(file->data[i]))
		i++;

	return i < file->size && (file->data[i] == '{' || file->data[i] == '[');
}

/*
 * Raw streams start with the low byte of an offset, a multiple of 4, dumps with 'r': no kind can be
 * taken for another.
 */
static int list_file(struct lister *l, const char *name, const struct blob *file)
{
	static const uint8_t program_start[] = { 0x89, 'R', 'K', 'T' };

	if (file->size > sizeof(program_start) &&
	    !memcmp(file->data, program_start, sizeof(program_start)))
		return list_program(l, name, file);
	if (dump_is((const char *)file->data, file->size))
		return list_dump(l, name, file);
	if (looks_like_json(file))
		return list_json_text(l, name, file);

	return list_raw(l, name, file);
}

static int read_stream(FILE *f, const char *name, struct blob *b, struct diag *d)
{
	size_t space = 0;

	for (;;) {
		size_t n;

		if (b->size == space) {
			uint8_t *more;

			space = space ? space * 2 : 65536;
			more = realloc(b->data, space);
			if (!more)
				return diag_error(d, -ENOMEM, "out of memory");
			b->data = more;
		}
		n = fread(b->data + b->size, 1, space - b->size, f);
		b->size += n;
		if (!n)
			return ferror(f) ? diag_error(d, -EIO, "%s: %s", name, strerror(errno)) : 0;
	}
}

static int read_input(const char *name, struct blob *b, struct diag *d)
{
	FILE *f;
	int ret;

	if (!strcmp(name, "-"))
		return read_stream(stdin, "standard input", b, d);
	ret = blob_read(b, name, d);
	if (ret || b->size)
		return ret;
	/* Files of the kernel have no size until they are read. */
	f = fopen(name, "rbe");
	if (!f)
		return diag_error(d, -errno, "%s: %s", name, strerror(errno));
	ret = read_stream(f, name, b, d);
	fclose(f);

	return ret;
}

static enum tool_exit assemble(const struct blob *file, const char *output, struct diag *d)
{
	uint64_t *words;
	size_t count;
	uint8_t *raw;
	int ret;

	ret = asm_listing((const char *)file->data, file->size, d, &words, &count);
	if (ret)
		return TOOL_FAILED;
	if (!output) {
		for (size_t i = 0; i < count; i++)
			printf("0x%016" PRIx64 "\n", words[i]);
		free(words);
		return TOOL_DONE;
	}
	raw = calloc(count ? count : 1, REGCMD_BYTES);
	if (!raw) {
		free(words);
		diag_error(d, -ENOMEM, "out of memory");
		return TOOL_FAILED;
	}
	for (size_t i = 0; i < count * REGCMD_BYTES; i++)
		raw[i] = (uint8_t)(words[i / REGCMD_BYTES] >> 8 * (i % REGCMD_BYTES));
	ret = blob_write(output, raw, count * REGCMD_BYTES, d);
	free(raw);
	free(words);

	return ret ? TOOL_FAILED : TOOL_DONE;
}

static enum tool_exit disassemble(const char *name, const struct blob *file, const char *output,
				  struct diag *d)
{
	struct lister l = { .out = stdout, .diag = d };
	char *text = NULL;
	size_t size = 0;
	int ret;

	if (output)
		l.out = open_memstream(&text, &size);
	if (!l.out) {
		diag_error(d, -ENOMEM, "out of memory");
		return TOOL_FAILED;
	}
	if (!strcmp(name, "-") && !dump_is((const char *)file->data, file->size))
		ret = list_hex_lines(&l, (const char *)file->data, file->size);
	else
		ret = list_file(&l, name, file);
	if (output) {
		fclose(l.out);
		if (!ret)
			ret = blob_write(output, text, size, d);
		free(text);
	}
	if (!ret && l.sum.unknown)
		diag_add(d, DIAG_WARNING, "%zu of %zu words are unknown", l.sum.unknown,
			 l.sum.words);
	if (l.refused)
		return TOOL_REFUSED;

	return ret ? TOOL_FAILED : TOOL_DONE;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "assemble", no_argument, NULL, 'a' },
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	struct diag d = { .print = diag_stderr, .opaque = "rocket-dis" };
	const char *output = NULL, *name;
	struct blob file = { 0 };
	enum tool_exit code = TOOL_FAILED;
	bool reverse = false;
	int option;

	while ((option = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
		switch (option) {
		case 'a':
			reverse = true;
			break;
		case 'o':
			output = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return TOOL_DONE;
		case 'V':
			puts("rocket-dis " ROCKET_VERSION);
			return TOOL_DONE;
		default:
			fputs(usage, stderr);
			return TOOL_USAGE;
		}
	}
	if (optind + 1 != argc) {
		fputs(usage, stderr);
		return TOOL_USAGE;
	}
	name = argv[optind];

	if (!read_input(name, &file, &d))
		code = reverse ? assemble(&file, output, &d) : disassemble(name, &file, output, &d);
	blob_fini(&file);
	if (code == TOOL_DONE && fflush(stdout)) {
		diag_error(&d, -errno, "standard output: %s", strerror(errno));
		code = TOOL_FAILED;
	}

	return code;
}
