#include "capture/test_capture.h"
TEST_MAIN
