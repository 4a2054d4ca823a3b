// SPDX-License-Identifier: MIT
#include "cmd/render.h"

#include "base/pool.h"
#include "base/sandbox.h"
#include "base/text.h"

#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

enum { PATH_SIZE = 4096 };

extern char **environ;

struct request {
	char name[64];
};

struct rendering {
	const char *folder;
	bool confined;
};

// The names that hotaru gives to figures: those of fingerprints, and ".svg".
static bool is_figure_name(const struct request *request)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *name = request->name;
	if (memchr(name, '\0', sizeof request->name) == NULL)
		return false;
	const size_t stem = strspn(name, allowed);
	return stem > 0 && name[0] != '-' && text_equal(name + stem, ".svg");
}

// Starts it; false: nothing runs.
static bool convert(const char *folder, const char *name)
{
	char svg[PATH_SIZE], png[PATH_SIZE];
	pid_t child;
	const int stem = (int)(strlen(name) - strlen(".svg"));
	// A folder whose name begins with - is no option of the other program.
	const char *here = folder[0] == '-' ? "./" : "";
	if (!text_format(svg, sizeof svg, "%s%s/%s", here, folder, name) ||
	    !text_format(png, sizeof png, "%s%s/%.*s.png", here, folder, stem, name))
		return false;
	char *const arguments[] = { "rsvg-convert",
		                    "--width=1600",
		                    "--background-color=white",
		                    "--output",
		                    png,
		                    svg,
		                    NULL };
	return posix_spawnp(&child, "rsvg-convert", NULL, NULL, arguments, environ) == 0;
}

// Waits until no more than so many run.
static unsigned wait_for(unsigned running, unsigned most)
{
	int status;
	while (running > most && waitpid(-1, &status, 0) > 0)
		running--;
	return running;
}

static void serve(const void *context, int requests)
{
	const struct rendering *rendering = context;
	const struct sandbox_rule rules[] = {
		{ "/", SANDBOX_RUN_FOLDER },
		{ "/dev/null", SANDBOX_WRITE_FILE },
		{ rendering->folder, SANDBOX_WORK_FOLDER },
	};
	struct sandbox_state ignored;
	struct error error;
	struct request request;
	if (rendering->confined &&
	    !sandbox_enter(rules, sizeof rules / sizeof *rules, SANDBOX_RUN, &ignored, &error))
		return;
	const unsigned most = pool_processors();
	unsigned running = 0;
	while (helper_next(requests, &request, sizeof request)) {
		running = wait_for(running, most - 1);
		running += is_figure_name(&request) && convert(rendering->folder, request.name);
	}
	wait_for(running, 0);
}

void render_start(struct helper *helper, const char *folder, bool confined)
{
	const struct rendering rendering = { folder, confined };
	(void)helper_start(helper, serve, &rendering);
}

void render_figure(const struct helper *helper, const char *name)
{
	struct request request = { .name = "" };
	if (text_copy(request.name, sizeof request.name, name))
		helper_ask(helper, &request, sizeof request);
}
