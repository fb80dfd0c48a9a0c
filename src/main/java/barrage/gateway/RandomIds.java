package barrage.gateway;

import java.security.SecureRandom;

/** Ids of sales and lotteries, which nobody can guess and no two nodes make alike. */
final class RandomIds {
  private static final int LENGTH = 12; // 62 bits

  private final SecureRandom random;

  RandomIds(SecureRandom random) {
    this.random = random;
  }

  String next() {
    StringBuilder id = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      id.append(Character.forDigit(random.nextInt(Character.MAX_RADIX), Character.MAX_RADIX));
    }
    return id.toString();
  }
}
