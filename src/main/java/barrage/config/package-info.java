/** Configuration files, read so that every mistake in one is told with its file and line. */
@NullMarked
package barrage.config;

import org.jspecify.annotations.NullMarked;
