package barrage.activity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class YamlJoinTest {
  private static final String DOCUMENT =
      """
      # What it is
      info:
        title: A

      paths:
        /a:
          get: {}

      components:
        messages:
          events:
            oneOf:
              - $ref: a

        schemas:
          A: {}
      """;

  @Test
  void whatStandsBelowTheSameKeys_isJoined() {
    String joined =
        YamlJoin.join(
            DOCUMENT,
            """
            # Of a kind
            paths:
              /b:
                get: {}
            components:
              messages:
                events:
                  oneOf:
                    - $ref: b
                vote:
                  x: 1
              schemas:
                B:
                  type: object
            """);
    assertEquals(
        """
        # What it is
        info:
          title: A

        paths:
          /a:
            get: {}
          /b:
            get: {}

        components:
          messages:
            events:
              oneOf:
                - $ref: a
                - $ref: b
            vote:
              x: 1

          schemas:
            A: {}
            B:
              type: object
        """,
        joined);
  }

  @Test
  void newTopics_comeAtTheEnd() {
    assertEquals("a: 1\nb:\n  c: 2\n", YamlJoin.join("a: 1\n", "b:\n  c: 2\n"));
  }
}
