/** Start-up and wiring: {@link barrage.Main} reads the command line. */
@NullMarked
package barrage;

import org.jspecify.annotations.NullMarked;
