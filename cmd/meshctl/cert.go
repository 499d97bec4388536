package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"odoomesh/internal/devcert"
)

func (c *client) certCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cert",
		Short: "Make certificates to develop with",
	}
	var dir string
	var hosts []string
	dev := &cobra.Command{
		Use:   "dev --dir FOLDER",
		Short: "Make an authority, and certificates for a server and a client",
		Long: "dev makes an authority, and what it signs for a mesh and for a client of it, to develop\n" +
			"and try out with: ca.pem, server.pem and client.pem, each with its key. They end after\n" +
			"a year. It overwrites nothing. The client is " + devcert.ClientURI + ": a\n" +
			"principal of the access file has it under certificates, as uri:" + devcert.ClientURI + ".",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if len(hosts) == 0 {
				return wrong("--host names no host")
			}
			written, err := devcert.Write(dir, hosts, c.clock.Now())
			if err != nil {
				return err
			}
			for _, path := range written {
				fmt.Fprintln(c.out, path)
			}
			return nil
		},
	}
	dev.Flags().StringVar(&dir, "dir", "", "Folder to write to; it is made where it is not there.")
	dev.Flags().StringSliceVar(&hosts, "host", []string{"localhost", "127.0.0.1", "::1"}, "Names and addresses by which the server is called.")
	_ = dev.MarkFlagRequired("dir") // it is there
	cmd.AddCommand(dev)
	return cmd
}
