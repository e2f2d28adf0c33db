// What bimg 1.1.9 has no call for: refusing cut-off files, shrinking while
// reading, converting colours by the embedded profile, and shutting loaders.
#include <stddef.h>

typedef struct {
	const void *data;
	size_t size;
	int max;         // longest side
	int quality;     // of a JPEG
	int orientation; // EXIF's
	int profile;     // there is one to convert by
	int cmyk;        // a JPEG of four channels
} msia_source;

typedef struct {
	void *data; // to be freed with msia_free
	size_t size;
	int width;
	int height;
	int png; // it has transparency
} msia_result;

void msia_restrict(void);
int msia_normalise(const msia_source *source, msia_result *result);
void msia_free(void *data);
const char *msia_error(void);
void msia_done(void);
