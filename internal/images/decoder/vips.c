#include "vips.h"

#include <string.h>
#include <vips/vips.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

// msia_restrict shuts every loader but the four.
void
msia_restrict(void)
{
	static const char *const open[] = {
		"VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp", "VipsForeignLoadHeif",
	};
	vips_cache_set_max(0);
	vips_concurrency_set(1);
#if VIPS_MAJOR_VERSION > 8 || VIPS_MINOR_VERSION >= 13 // before, the guard stands alone
	vips_block_untrusted_set(TRUE);
	vips_operation_block_set("VipsForeignLoad", TRUE);
	for (size_t i = 0; i < G_N_ELEMENTS(open); i++)
		vips_operation_block_set(open[i], FALSE);
#else
	(void) open;
#endif
}

// load_cmyk reads a JPEG of four channels. vips_thumbnail would take a way of its
// own from CMYK to RGB and end some twenty levels away from the profile's.
static int
load_cmyk(VipsObject *base, const msia_source *s, VipsImage **out)
{
	VipsImage **t = (VipsImage **) vips_object_local_array(base, 3);
	void *data = (void *) s->data; // libvips only reads it
	int shrink = 1;
	int side;

	if (vips_jpegload_buffer(data, s->size, &t[0], NULL))
		return -1;
	side = VIPS_MAX(t[0]->Xsize, t[0]->Ysize);
	while (shrink < 8 && side / (2 * shrink) >= s->max)
		shrink *= 2;
	if (vips_jpegload_buffer(data, s->size, &t[1], "shrink", shrink,
			"access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL))
		return -1;
	side = VIPS_MAX(t[1]->Xsize, t[1]->Ysize);
	return vips_resize(t[1], &t[2], side > s->max ? (double) s->max / side : 1, NULL) ||
		vips_icc_transform(t[2], out, "srgb", "embedded", TRUE, "input_profile", "cmyk", NULL);
}

// load reads a picture no larger than asked for, in sRGB where it has a profile.
static int
load(VipsObject *base, const msia_source *s, VipsImage **out)
{
	void *data = (void *) s->data;

	if (s->cmyk)
		return load_cmyk(base, s, out);
	// The argument fail_on is ignored here; the loader's own option is not.
	if (s->profile)
		return vips_thumbnail_buffer(data, s->size, out, s->max,
			"height", s->max, "size", VIPS_SIZE_DOWN, "no_rotate", TRUE,
			"option_string", "[fail-on=truncated]", "export_profile", "srgb", NULL);
	return vips_thumbnail_buffer(data, s->size, out, s->max,
		"height", s->max, "size", VIPS_SIZE_DOWN, "no_rotate", TRUE,
		"option_string", "[fail-on=truncated]", NULL);
}

// plain turns a picture into 8 bits of grey or sRGB.
static int
plain(VipsObject *base, VipsImage *in, VipsImage **out)
{
	VipsImage **t = (VipsImage **) vips_object_local_array(base, 1);

	return vips_colourspace(in, &t[0], in->Bands < 3 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB, NULL) ||
		vips_cast_uchar(t[0], out, NULL);
}

// upright turns a picture the way its camera was held. That needs all of it.
static int
upright(VipsObject *base, VipsImage *in, int orientation, VipsImage **out)
{
	VipsImage **t = (VipsImage **) vips_object_local_array(base, 2);

	if (!(t[0] = vips_image_copy_memory(in)) ||
		vips_copy(t[0], &t[1], NULL))
		return -1;
	vips_image_set_int(t[1], VIPS_META_ORIENTATION, orientation);
	return vips_autorot(t[1], out, NULL);
}

// opaque drops transparency that shows nowhere; *out is NULL where it shows.
static int
opaque(VipsObject *base, VipsImage *in, VipsImage **out)
{
	VipsImage **t = (VipsImage **) vips_object_local_array(base, 1);
	double least;

	*out = NULL;
	if (vips_extract_band(in, &t[0], in->Bands - 1, NULL) ||
		vips_min(t[0], &least, NULL))
		return -1;
	if (least < 255)
		return 0;
	return vips_extract_band(in, out, 0, "n", in->Bands - 1, NULL);
}

static int
normalise(VipsObject *base, const msia_source *s, msia_result *r)
{
	VipsImage **t = (VipsImage **) vips_object_local_array(base, 5);
	VipsImage *image;

	if (load(base, s, &t[0]) || plain(base, t[0], &t[1]))
		return -1;
	image = t[1];
	if (s->orientation > 1) {
		if (upright(base, image, s->orientation, &t[2]))
			return -1;
		image = t[2];
	}
	if (vips_image_hasalpha(image)) {
		if (!(t[3] = vips_image_copy_memory(image)) ||
			opaque(base, t[3], &t[4]))
			return -1;
		r->png = t[4] == NULL;
		image = r->png ? t[3] : t[4];
	}
	r->width = image->Xsize;
	r->height = image->Ysize;
	if (r->png)
		return vips_pngsave_buffer(image, &r->data, &r->size, "strip", TRUE, "compression", 6, NULL);
	return vips_jpegsave_buffer(image, &r->data, &r->size, "strip", TRUE, "Q", s->quality, NULL);
}

int
msia_normalise(const msia_source *source, msia_result *result)
{
	VipsImage *base = vips_image_new(); // owns the steps
	int failed = normalise(VIPS_OBJECT(base), source, result);

	g_object_unref(base);
	// libjpeg fills up what is missing before a marker, and libvips passes on what
	// it said about that, but no option makes it fail.
	return failed || strstr(vips_error_buffer(), "premature end") != NULL;
}

void
msia_free(void *data)
{
	g_free(data);
}

// msia_error is what libvips said since msia_done.
const char *
msia_error(void)
{
	return vips_error_buffer();
}

// msia_done gives back what a request took.
void
msia_done(void)
{
	vips_error_clear();
	vips_thread_shutdown();
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}
