// Embree's side of `npm run bench -- kernel`, compiled at run time where Debian's libembree-dev and g++ are present.
// A server on stdin: "load FILE" (triangles and rays), then "closest N" or "any N" for ray set N; answers one line each.
// Embree's defaults throughout (medium build quality, its fast triangle test), one thread, one ray a call.
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <embree3/rtcore.h>
#include <immintrin.h>
#include <vector>

using Clock = std::chrono::steady_clock;
struct RaySet { uint32_t count; std::vector<float> rays; };

static double millisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

int main() {
  _MM_SET_FLUSH_ZERO_MODE(_MM_FLUSH_ZERO_ON);
  _MM_SET_DENORMALS_ZERO_MODE(_MM_DENORMALS_ZERO_ON);
  RTCDevice device = rtcNewDevice("threads=1");
  RTCScene scene = nullptr;
  std::vector<RaySet> sets;
  char line[4096], argument[4000];
  while (fgets(line, sizeof line, stdin)) {
    unsigned number = 0;
    if (sscanf(line, "load %3999[^\n]", argument) == 1) {
      FILE* file = fopen(argument, "rb");
      if (!file) return 2;
      uint32_t head[3];
      if (fread(head, 4, 3, file) != 3) return 2;
      if (scene) rtcReleaseScene(scene);
      scene = rtcNewScene(device);
      RTCGeometry geometry = rtcNewGeometry(device, RTC_GEOMETRY_TYPE_TRIANGLE);
      void* vertices = rtcSetNewGeometryBuffer(geometry, RTC_BUFFER_TYPE_VERTEX, 0, RTC_FORMAT_FLOAT3, 12, head[0]);
      void* indices = rtcSetNewGeometryBuffer(geometry, RTC_BUFFER_TYPE_INDEX, 0, RTC_FORMAT_UINT3, 12, head[1]);
      if (fread(vertices, 12, head[0], file) != head[0] || fread(indices, 12, head[1], file) != head[1]) return 2;
      sets.assign(head[2], {});
      for (RaySet& set : sets) {
        if (fread(&set.count, 4, 1, file) != 1) return 2;
        set.rays.resize(size_t(set.count) * 8);
        if (fread(set.rays.data(), 32, set.count, file) != set.count) return 2;
      }
      fclose(file);
      rtcCommitGeometry(geometry);
      rtcAttachGeometry(scene, geometry);
      rtcReleaseGeometry(geometry);
      auto start = Clock::now();
      rtcCommitScene(scene);
      printf("%f\n", millisecondsSince(start));
    } else if (sscanf(line, "closest %u", &number) == 1 && number < sets.size()) {
      RTCIntersectContext context;
      rtcInitIntersectContext(&context);
      const RaySet& set = sets[number];
      uint32_t hits = 0;
      double sum = 0;
      auto start = Clock::now();
      for (uint32_t i = 0; i < set.count; i++) {
        const float* r = &set.rays[size_t(i) * 8];
        RTCRayHit ray;
        ray.ray = {r[0], r[1], r[2], r[3], r[4], r[5], r[6], 0, r[7], 0xffffffffu, 0, 0};
        ray.hit.geomID = RTC_INVALID_GEOMETRY_ID;
        ray.hit.instID[0] = RTC_INVALID_GEOMETRY_ID;
        rtcIntersect1(scene, &context, &ray);
        if (ray.hit.geomID != RTC_INVALID_GEOMETRY_ID) { hits++; sum += ray.ray.tfar; }
      }
      printf("%f %u %f\n", millisecondsSince(start), hits, sum);
    } else if (sscanf(line, "any %u", &number) == 1 && number < sets.size()) {
      RTCIntersectContext context;
      rtcInitIntersectContext(&context);
      const RaySet& set = sets[number];
      uint32_t hits = 0;
      auto start = Clock::now();
      for (uint32_t i = 0; i < set.count; i++) {
        const float* r = &set.rays[size_t(i) * 8];
        RTCRay ray = {r[0], r[1], r[2], r[3], r[4], r[5], r[6], 0, r[7], 0xffffffffu, 0, 0};
        rtcOccluded1(scene, &context, &ray);
        if (ray.tfar < 0) hits++;
      }
      printf("%f %u 0\n", millisecondsSince(start), hits);
    } else {
      return 1;
    }
    fflush(stdout);
  }
  return 0;
}
