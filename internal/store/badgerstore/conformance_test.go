package badgerstore_test

import (
	"testing"

	"go.uber.org/goleak"

	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
	"odoomesh/internal/store/storetest"
)

func TestMain(m *testing.M) {
	storetest.RunChild(openLog, openCache)
	goleak.VerifyTestMain(m)
}

func openLog(t testing.TB, dir string) store.Log {
	l, err := badgerstore.OpenLog(dir, badgerstore.LogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func openCache(t testing.TB, dir string) store.Cache {
	c, err := badgerstore.OpenCache(dir, badgerstore.CacheOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLog(t *testing.T)        { t.Parallel(); storetest.TestLog(t, openLog) }
func TestLogCrash(t *testing.T)   { t.Parallel(); storetest.TestLogCrash(t, openLog) }
func TestCache(t *testing.T)      { t.Parallel(); storetest.TestCache(t, openCache) }
func TestCacheCrash(t *testing.T) { t.Parallel(); storetest.TestCacheCrash(t, openCache) }
