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
	// Badger leaves these behind when it cannot open a damaged folder.
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/dgraph-io/badger/v4.(*DB).monitorCache"),
		goleak.IgnoreAnyFunction("github.com/dgraph-io/ristretto/v2/z.(*AllocatorPool).freeupAllocators"))
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

func openJournal(t testing.TB, dir string) store.Journal {
	l, err := badgerstore.OpenLog(dir, badgerstore.LogOptions{Name: "events", Compress: true})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestJournal(t *testing.T) { t.Parallel(); storetest.TestJournal(t, openJournal) }

func TestLog(t *testing.T)   { t.Parallel(); storetest.TestLog(t, openLog) }
func TestCache(t *testing.T) { t.Parallel(); storetest.TestCache(t, openCache) }

// The crash tests do not run beside others: between fork and exec a child holds
// the locks of every folder that is open, also of one that is closed meanwhile.

func TestLogCrash(t *testing.T)   { storetest.TestLogCrash(t, openLog) }
func TestCacheCrash(t *testing.T) { storetest.TestCacheCrash(t, openCache) }
