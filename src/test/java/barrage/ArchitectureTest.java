package barrage;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may know whom; src/site/markdown/design.md draws the same arrows. */
@AnalyzeClasses(packages = "barrage", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  @ArchTest
  static final ArchRule arrows =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .withOptionalLayers(true)
          .layer("core")
          .definedBy("barrage.core")
          .layer("config")
          .definedBy("barrage.config..")
          .layer("rules")
          .definedBy("barrage.rules..")
          .layer("wire")
          .definedBy("barrage.wire..")
          .layer("activity")
          .definedBy("barrage.activity..")
          .layer("room")
          .definedBy("barrage.room..")
          .layer("redis")
          .definedBy("barrage.redis..")
          .layer("gateway")
          .definedBy("barrage.gateway..")
          .layer("load")
          .definedBy("barrage.load..")
          .layer("wiring")
          .definedBy("barrage")
          .whereLayer("core")
          .mayNotAccessAnyLayer()
          .whereLayer("wire")
          .mayOnlyAccessLayers("core")
          .whereLayer("config")
          .mayOnlyAccessLayers("core")
          .whereLayer("rules")
          .mayOnlyAccessLayers("core", "config")
          .whereLayer("activity")
          .mayOnlyAccessLayers("core", "wire", "config")
          .whereLayer("room")
          .mayOnlyAccessLayers("core", "rules", "wire", "activity")
          .whereLayer("redis")
          .mayOnlyAccessLayers("core", "wire", "room", "activity")
          .whereLayer("gateway")
          .mayOnlyAccessLayers("core", "wire", "room", "activity")
          .whereLayer("load")
          .mayOnlyAccessLayers("core", "wire", "config", "activity");

  @ArchTest
  static final ArchRule theRingKnowsTheSeamAndNoKind =
      noClasses()
          .that()
          .resideInAnyPackage("barrage.room..", "barrage.redis..", "barrage.gateway..")
          .or()
          .resideInAnyPackage("barrage.load..", "barrage.rules..", "barrage.activity")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("barrage.activity.(*)..");

  @ArchTest
  static final ArchRule kindsDoNotKnowEachOther =
      slices()
          .matching("barrage.activity.(*)..")
          .should()
          .notDependOnEachOther()
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule coreIsTheJdkAlone =
      noClasses()
          .that()
          .resideInAPackage("barrage.core")
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages(
              "java.lang..",
              "java.util",
              "java.util.function",
              "java.util.stream",
              "java.math",
              "java.security",
              "java.nio..",
              "java.time..",
              "javax.crypto..",
              "barrage.core",
              "org.jspecify..");
}
