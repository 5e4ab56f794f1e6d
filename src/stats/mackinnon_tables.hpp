#pragma once

#include <array>

namespace plumb::stats::tables {

/// Phi(sum c_k t^k) with `small` where t <= star, `large` above; 0 below `low`, 1 above `high`.
struct PValueSurface {
    double high;
    double low;
    double star;
    std::array<double, 3> small;
    std::array<double, 4> large;
};

/// Coefficients in 1/T for the 1, 5 and 10 % points.
struct CriticalRow {
    std::array<std::array<double, 4>, 3> level;
};

extern const PValueSurface kPValueSurfaces[4][6];
extern const CriticalRow kCriticalNone[1];
extern const CriticalRow kCriticalConstant[12];
extern const CriticalRow kCriticalLinear[12];
extern const CriticalRow kCriticalQuadratic[12];

}  // namespace plumb::stats::tables
