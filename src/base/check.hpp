#pragma once

#include <cstdio>
#include <cstdlib>

/// A broken invariant is a bug: say which, and stop. Always on, in every build; a restart recovers from the
/// record.
#define PLUMB_CHECK(condition)                                                                              \
    do {                                                                                                    \
        if (!(condition)) [[unlikely]] {                                                                    \
            std::fprintf(stderr, "plumb: broken invariant at %s:%d: %s\n", __FILE__, __LINE__, #condition); \
            std::abort();                                                                                   \
        }                                                                                                   \
    } while (false)
