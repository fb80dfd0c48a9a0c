package barrage.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 7692, section 7.1, and the grammar of RFC 6455, section 9.1. */
final class DeflateOfferTest {
  private static final String AGREED =
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "permessage-deflate",
        "Permessage-Deflate ; SERVER_no_context_takeover",
        "permessage-deflate; client_max_window_bits", // what browsers say
        "permessage-deflate; client_max_window_bits=8",
        "permessage-deflate;client_max_window_bits = \"15\"",
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        "x-webkit-deflate-frame, permessage-deflate",
        "foo; a=\"b, permessage-deflate; c\"; d, permessage-deflate",
        "permessage-deflate; server_max_window_bits=10, permessage-deflate",
        "permessage-deflate; unheard_of, permessage-deflate; client_max_window_bits",
        ",, permessage-deflate,",
      })
  void goodOffer_isAgreedTo_withoutContextTakeover(String header) {
    assertEquals(AGREED, DeflateOffer.answer(List.of(header)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "permessage-bzip2",
        "permessage-deflate-not",
        "x permessage-deflate",
        "permessage-deflate=1",
        "permessage-deflate; server_max_window_bits=14", // the JDK has one window
        "permessage-deflate; server_max_window_bits=8",
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; server_max_window_bits=015",
        "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate; client_max_window_bits=16",
        "permessage-deflate; client_max_window_bits=08",
        "permessage-deflate; client_max_window_bits=",
        "permessage-deflate; client_max_window_bits=99999999999999999999",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; client_no_context_takeover=true",
        "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
        "permessage-deflate; client_max_window_bits; client_max_window_bits=10",
        "permessage-deflate; client_max_window_bits; CLIENT_max_window_bits",
        "permessage-deflate; unheard_of",
        "permessage-deflate;",
        "permessage-deflate;; client_max_window_bits",
        "permessage-deflate; client max",
        "permessage-deflate; client_max_window_bits=\"10",
        "permessage-deflate; client_max_window_bits=\"10\"\"",
        "permessage-deflate; \", permessage-deflate",
        "permessage-deflate; a=\"\\",
      })
  void offerThatIsNotGranted_orNotWellFormed_isAsIfItWereNotThere(String header) {
    assertNull(DeflateOffer.answer(List.of(header)));
  }

  @Test
  void windowThatIsAskedFor_isSaid() {
    assertEquals(
        AGREED + "; server_max_window_bits=15",
        DeflateOffer.answer(
            List.of(
                "permessage-deflate; server_max_window_bits=9; client_max_window_bits,"
                    + "permessage-deflate; server_max_window_bits=15, permessage-deflate")));
  }

  @Test
  void offersInSeveralHeaders_areTakenInTheirOrder() {
    assertEquals(
        AGREED + "; server_max_window_bits=15",
        DeflateOffer.answer(
            List.of(
                "permessage-deflate; server_max_window_bits=12",
                "foo, permessage-deflate; server_max_window_bits=15",
                "permessage-deflate")));
    assertNull(DeflateOffer.answer(List.of()));
  }
}
