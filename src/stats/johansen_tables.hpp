#pragma once

#include <array>

namespace plumb::stats::tables {

struct JohansenRow {
    std::array<double, 3> level;  ///< 90, 95 and 99 % points
};

extern const JohansenRow kTraceCritical[3][12];
extern const JohansenRow kMaxEigenvalueCritical[3][12];

}  // namespace plumb::stats::tables
